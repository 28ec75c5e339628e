import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOST, createPublisher, missing, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';

const absent = missing('buildah');
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

/** buildah with its own storage and credentials. */
function buildahIn(folder: string) {
  const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const env = { REGISTRY_AUTH_FILE: join(folder, 'auth.json') };
  writeFileSync(env.REGISTRY_AUTH_FILE, '{}');
  const buildah = (...args: string[]) => run('buildah', [...storage, ...args], env);
  const makeImage = async (tag: string, architecture: string) => {
    const container = await buildah('from', '--arch', architecture, 'scratch');
    writeFileSync(join(folder, tag), randomUUID().repeat(10_000));
    await buildah('copy', container, join(folder, tag), '/data');
    await buildah('commit', '--rm', container, tag);
  };
  return { buildah, makeImage };
}

describe('buildah', () => {
  test.skipIf(absent)(title('builds and pushes an index of two platforms, and pulls it back anonymously'), async () => {
    const { email, alias, secret } = await createPublisher();
    const repository = `${HOST}/${alias}/buildah/sample`;
    await withFolder(async (folder) => {
      const { buildah, makeImage } = buildahIn(folder);
      await buildah('login', '--tls-verify=false', '-u', email, '-p', secret, HOST);
      await buildah('manifest', 'create', 'both');
      for (const architecture of ['amd64', 'arm64']) {
        await makeImage(`image-${architecture}`, architecture);
        await buildah('manifest', 'add', 'both', `containers-storage:localhost/image-${architecture}`);
      }
      await buildah('manifest', 'push', '--all', '--tls-verify=false', 'both', `docker://${repository}:v1`);
      await buildah('push', '--tls-verify=false', 'localhost/image-arm64', `docker://${repository}:arm64`);
      await buildah('logout', HOST);
      const id = await buildah('inspect', '--type', 'image', '-f', '{{.FromImageID}}', 'localhost/image-arm64');
      await buildah('rmi', '-f', 'localhost/image-arm64', 'localhost/image-amd64');
      expect(await buildah('pull', '--tls-verify=false', `${repository}:arm64`)).toBe(id);
      await buildah('rmi', '-f', id);
      expect(await buildah('pull', '--tls-verify=false', '--arch', 'arm64', `${repository}:v1`)).toBe(id);
    });
  });

  test.skipIf(absent)(title('builds on a pulled image and pushes only the new layers'), async () => {
    const { email, alias, secret } = await createPublisher();
    const [base, derived] = [`${HOST}/${alias}/buildah/base:v1`, `${HOST}/${alias}/buildah/derived:v1`];
    await withFolder(async (folder) => {
      const { buildah, makeImage } = buildahIn(folder);
      await makeImage('base', 'amd64');
      await buildah('login', '--tls-verify=false', '-u', email, '-p', secret, HOST);
      await buildah('push', '--tls-verify=false', 'localhost/base', `docker://${base}`);
      await buildah('rmi', '-f', 'localhost/base');
      const container = await buildah('from', '--tls-verify=false', base);
      await buildah('config', '--label', 'made-by=a test', container);
      await buildah('commit', '--rm', container, 'derived');
      await buildah('push', '--tls-verify=false', 'localhost/derived', `docker://${derived}`);
      const layers = async (reference: string) => {
        const path = reference.slice(HOST.length + 1).replace(':', '/manifests/');
        const answer = await fetch(`http://${HOST}/v2/${path}`);
        return ((await answer.json()) as { layers: { digest: string }[] }).layers.map(({ digest }) => digest);
      };
      expect((await layers(derived)).slice(0, 1)).toEqual(await layers(base));
    });
  });

  test.skipIf(absent)(title('is refused without a login'), async () => {
    const { alias } = await createPublisher();
    await withFolder(async (folder) => {
      const { buildah, makeImage } = buildahIn(folder);
      await makeImage('no', 'amd64');
      const push = buildah('push', '--tls-verify=false', 'localhost/no', `docker://${HOST}/${alias}/no:v1`);
      await expect(push).rejects.toThrow(/denied|unauthorized|authentication required/i);
    });
  });
});
