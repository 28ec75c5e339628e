// Private images, pulled with credentials as Kubernetes keeps them in a pull secret.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { beforeAll, describe, expect, test } from 'vitest';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher, HOST, missing, withDatabase, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { createAwsKey } from './aws/aws-commands.ts';
import { containerdAbsent, startContainerd } from './containerd.ts';
import { buildSampleImage } from './sample-image.ts';

type Login = { username: string; password: string };

let reference = '';
let digest = '';
/** By what the password is. */
let logins: Record<string, Login>;

beforeAll(async () => {
  const publisher = await createPublisher();
  const { email, alias, secret } = publisher;
  const image = await buildSampleImage();
  await createDistributionClient(BASE_URL, secret).push(`${alias}/hidden`, image, ['v1']);
  await withDatabase((db) =>
    db.query(
      `UPDATE repositories SET visibility = 'private'
        WHERE name = 'hidden' AND registry_id = (SELECT registry_id FROM aliases WHERE name = $1)`,
      [alias],
    ),
  );
  reference = `${HOST}/${alias}/hidden:v1`;
  ({ digest } = image);
  const key = await createAwsKey(publisher);
  const { authorizationData } = await createAwsClients(BASE_URL, key).ecr.send(new GetAuthorizationTokenCommand({}));
  const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString();
  logins = {
    'an access token': { username: email, password: secret },
    'an AWS login': { username: 'AWS', password: token.slice('AWS:'.length) },
  };
});

/** Writes what `kubectl create secret docker-registry` stores as `.dockerconfigjson`. */
function writePullSecret(folder: string, { username, password }: Login): string {
  const file = join(folder, 'config.json');
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  writeFileSync(file, JSON.stringify({ auths: { [HOST]: { username, password, auth } } }));
  return file;
}

const loginOf = (what: string): Login => logins[what] ?? { username: '', password: '' };
const skipIf = (reason: string | null) => ({ isSkipped: reason !== null, note: reason ? ` (skipped: ${reason})` : '' });
const [skopeo, podman, containerd] = [missing('skopeo'), missing('podman'), containerdAbsent()].map(skipIf);

describe.each(['an access token', 'an AWS login'])('with %s', (what) => {
  test.skipIf(skopeo?.isSkipped)(`skopeo pulls, and nothing without it${skopeo?.note}`, async () => {
    await withFolder(async (folder) => {
      const inspect = (...args: string[]) =>
        run('skopeo', ['inspect', '--tls-verify=false', ...args, '--format', '{{.Digest}}', `docker://${reference}`]);
      expect((await inspect('--authfile', writePullSecret(folder, loginOf(what)))).trim()).toBe(digest);
      await expect(inspect('--no-creds')).rejects.toThrow(/unauthorized|authentication required/i);
    });
  });

  test.skipIf(podman?.isSkipped)(`podman pulls${podman?.note}`, async () => {
    await withFolder(async (folder) => {
      const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
      const env = { REGISTRY_AUTH_FILE: writePullSecret(folder, loginOf(what)) };
      await run('podman', [...storage, 'pull', '--tls-verify=false', reference], env);
      const format = ['image', 'inspect', '--format', '{{.Digest}}', reference];
      expect((await run('podman', [...storage, ...format], env)).trim()).toBe(digest);
    });
  });

  test.skipIf(containerd?.isSkipped)(`containerd pulls${containerd?.note}`, async () => {
    const daemon = await startContainerd();
    try {
      const { username, password } = loginOf(what);
      const fetchImage = ['content', 'fetch', '--plain-http'];
      await expect(daemon.ctr(...fetchImage, reference)).rejects.toThrow(/unauthorized|authorization failed/i);
      await daemon.ctr(...fetchImage, '--user', `${username}:${password}`, reference);
      expect(await daemon.ctr('images', 'list')).toContain(digest);
    } finally {
      await daemon.stop();
    }
  });
});
