import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/write-oci-layout.ts';
import { HOST, createPublisher, missing, run, withFolder } from '../fixtures.ts';
import { buildSampleImage } from './sample-image.ts';

const absent = missing('podman');

describe('podman', () => {
  test.skipIf(absent)(
    `logs in, pushes an image, logs out and pulls it back identical${absent ? ` (left out: ${absent})` : ''}`,
    async () => {
      const { email, alias, secret } = await createPublisher();
      await withFolder(async (folder) => {
        const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
        const podman = (...args: string[]) =>
          run('podman', [...storage, ...args], { REGISTRY_AUTH_FILE: join(folder, 'auth.json') });
        const image = await buildSampleImage();
        await writeOciLayout(join(folder, 'in'), image, 'v1');
        const reference = `${HOST}/${alias}/podman-sample:v1`;
        const pulled = await podman('pull', `oci:${folder}/in:v1`);
        const id = pulled.split('\n').at(-1) ?? '';
        await podman('login', '--tls-verify=false', '-u', email, '-p', secret, HOST);
        await podman('push', '--tls-verify=false', `--digestfile=${folder}/digest`, id, `docker://${reference}`);
        await podman('logout', HOST);
        await podman('rmi', '-f', id);
        expect(await podman('pull', '--tls-verify=false', reference)).toContain(id);
        const [inspected] = JSON.parse(await podman('image', 'inspect', reference)) as { Id: string; Digest: string }[];
        expect(inspected?.Digest).toBe(readFileSync(join(folder, 'digest'), 'utf8'));
        expect(image.blobs[0]?.digest).toBe(`sha256:${inspected?.Id}`);
      });
    },
  );
});
