import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildTar } from '#lib/testing/images/build-image.ts';
import { HOST, createPublisher, missing, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';

const absent = missing('podman');
const skipNote = absent ? ` (skipped: ${absent})` : '';

describe('podman', () => {
  test.skipIf(absent)(`logs in, pushes an image, logs out and pulls it back unchanged${skipNote}`, async () => {
    const { email, alias, secret } = await createPublisher();
    await withFolder(async (folder) => {
      const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
      const env = { REGISTRY_AUTH_FILE: join(folder, 'auth.json') };
      const podman = (...args: string[]) => run('podman', [...storage, ...args], env);
      // podman requires the file before the first login.
      writeFileSync(env.REGISTRY_AUTH_FILE, '{}');
      writeFileSync(join(folder, 'root.tar'), await buildTar([{ path: 'data', content: randomUUID().repeat(50_000) }]));
      const reference = `${HOST}/${alias}/podman-sample:v1`;
      await podman('import', join(folder, 'root.tar'), reference);
      const inspect = async () => {
        const [image] = JSON.parse(await podman('image', 'inspect', reference)) as { Id: string; Digest: string }[];
        return image;
      };
      const before = await inspect();
      await podman('login', '--tls-verify=false', '-u', email, '-p', secret, HOST);
      await podman('push', '--tls-verify=false', `--digestfile=${folder}/digest`, reference);
      await podman('logout', HOST);
      await podman('rmi', '-f', before?.Id ?? '');
      await podman('pull', '--tls-verify=false', reference);
      const after = await inspect();
      expect(after?.Id).toBe(before?.Id);
      expect(after?.Digest).toBe(readFileSync(join(folder, 'digest'), 'utf8'));
    });
  });
});
