// `docker login` stores a refresh token instead of the access token. Other clients read it from the same file.
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildTar } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { BASE_URL, createPublisher, HOST, missing, vitrine, withDatabase, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { dockerAbsent, startDocker, type Docker } from './docker-daemon.ts';
import { buildSampleImage } from './sample-image.ts';

const absent = dockerAbsent();
const title = (text: string, alsoAbsent: string | null = null) =>
  absent || alsoAbsent ? `${text} (skipped: ${absent ?? alsoAbsent})` : text;

type StoredLogin = { identitytoken?: string; auth?: string };

async function withLogin<Result>(
  work: (
    daemon: Docker,
    login: { alias: string; email: string; secret: string; stored: StoredLogin },
  ) => Promise<Result>,
): Promise<Result> {
  const { email, alias, secret } = await createPublisher();
  const daemon = await startDocker();
  try {
    await daemon.docker('login', '-u', email, '-p', secret, HOST);
    const config = JSON.parse(readFileSync(authFile(daemon), 'utf8')) as { auths: Record<string, StoredLogin> };
    return await work(daemon, { alias, email, secret, stored: config.auths[HOST] ?? {} });
  } finally {
    await daemon.stop();
  }
}

const authFile = (daemon: Docker) => join(daemon.folder, 'config', 'config.json');

async function importImage(daemon: Docker, reference: string): Promise<string> {
  const tar = join(daemon.folder, `${randomUUID()}.tar`);
  writeFileSync(tar, await buildTar([{ path: 'data', content: randomUUID().repeat(1000) }]));
  return daemon.docker('import', tar, reference);
}

test.skipIf(absent)(
  title('docker stores no access token, pushes and pulls, and is told when its login has expired'),
  async () => {
    await withLogin(async (daemon, { alias, email, secret, stored }) => {
      expect(stored.identitytoken).toMatch(/^eyJ/);
      expect(Buffer.from(stored.auth ?? '', 'base64').toString()).not.toContain(secret);

      const reference = `${HOST}/${alias}/kept:v1`;
      const id = await importImage(daemon, reference);
      await daemon.docker('push', reference);
      await withDatabase((db) => db.query(`UPDATE repositories SET visibility = 'private' WHERE name = 'kept'`));
      await daemon.docker('rmi', reference);
      await daemon.docker('pull', reference);
      expect(await daemon.docker('inspect', '-f', '{{.Id}}', reference)).toBe(id);
      await daemon.docker('tag', reference, `${HOST}/${alias}/kept:v2`);
      await daemon.docker('push', `${HOST}/${alias}/kept:v2`);

      await withDatabase((db) =>
        db.query(
          `UPDATE access_tokens SET revoked_at = now() WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
          [email],
        ),
      );
      await expect(daemon.docker('push', `${HOST}/${alias}/kept:v2`)).rejects.toThrow(/unauthorized|revoked/i);
      await expect(daemon.docker('pull', reference)).rejects.toThrow(/unauthorized|revoked/i);
      const again = await vitrine('token', 'create', '--email', email, '--json');
      const { secret: fresh } = JSON.parse(again) as { secret: string };
      await daemon.docker('login', '-u', email, '-p', fresh, HOST);
      await daemon.docker('push', `${HOST}/${alias}/kept:v2`);
      // Public images can be pulled without a login.
      await daemon.docker('logout', HOST);
      await daemon.docker('pull', `${HOST}/lanternworks/hello:1.0.0`);
    });
  },
);

test.skipIf(absent)(title('docker logs in with the token of a robot, until the robot is removed'), async () => {
  const { alias } = await createPublisher();
  const { registryId } = JSON.parse(await vitrine('registry', 'show', '--alias', alias, '--json')) as {
    registryId: string;
  };
  const ofRegistry = ['--registry', registryId, '--json'];
  await vitrine('robot', 'create', '--name', 'ci', '--role', 'maintainer', ...ofRegistry);
  const created = await vitrine('token', 'create', '--robot', 'ci', '--scope', 'push', ...ofRegistry);
  const { secret } = JSON.parse(created) as { secret: string };
  const daemon = await startDocker();
  try {
    await daemon.docker('login', '-u', 'any', '-p', secret, HOST);
    const reference = `${HOST}/${alias}/by-robot:v1`;
    await importImage(daemon, reference);
    await daemon.docker('push', reference);
    await withDatabase((db) => db.query(`UPDATE repositories SET visibility = 'private' WHERE name = 'by-robot'`));
    await daemon.docker('pull', reference);
    expect(JSON.parse(await vitrine('robot', 'list', ...ofRegistry))).toMatchObject({
      robots: [{ name: 'ci', role: 'maintainer', isEnabled: true, lastUsedAt: expect.any(String) as string }],
    });
    await vitrine('robot', 'remove', '--name', 'ci', ...ofRegistry);
    await expect(daemon.docker('pull', reference)).rejects.toThrow(/unauthorized|no longer exists/i);
    await expect(daemon.docker('login', '-u', 'any', '-p', secret, HOST)).rejects.toThrow(/unauthorized/i);
  } finally {
    await daemon.stop();
  }
});

const noSkopeo = missing('skopeo');
test.skipIf(absent ?? noSkopeo)(
  title('skopeo and podman push and pull with the login that docker stored', noSkopeo),
  async () => {
    await withLogin(async (daemon, { alias, secret }) => {
      await withFolder(async (folder) => {
        const image = await buildSampleImage();
        await writeOciLayout(join(folder, 'in'), image, 'v1');
        const target = `docker://${HOST}/${alias}/by-login:v1`;
        const auth = ['--authfile', authFile(daemon)];
        await run('skopeo', ['copy', ...auth, '--dest-tls-verify=false', `oci:${folder}/in:v1`, target]);
        await withDatabase((db) => db.query(`UPDATE repositories SET visibility = 'private' WHERE name = 'by-login'`));
        const raw = await run('skopeo', ['inspect', ...auth, '--raw', '--tls-verify=false', target]);
        expect(raw).toBe(image.bytes.toString());
        await expect(run('skopeo', ['inspect', '--no-creds', '--raw', '--tls-verify=false', target])).rejects.toThrow();
        const client = createDistributionClient(BASE_URL, secret);
        expect((await client.request('GET', `/v2/${alias}/by-login/manifests/v1`)).status).toBe(200);
      });
    });
  },
);
