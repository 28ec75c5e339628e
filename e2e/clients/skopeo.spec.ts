import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { HOST, createPublisher, missing, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { readLayoutBlobs } from './read-layout-blobs.ts';
import { buildSampleImage, buildSampleIndex } from './sample-image.ts';

const absent = missing('skopeo');
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

describe('skopeo', () => {
  test.skipIf(absent)(title('pushes a multi-platform image and anyone pulls back the same bytes'), async () => {
    const { alias, secret } = await createPublisher();
    await withFolder(async (folder) => {
      const index = await buildSampleIndex();
      await writeOciLayout(join(folder, 'in'), index, 'v1');
      const target = `docker://${HOST}/${alias}/skopeo/sample:v1`;
      await run('skopeo', [
        'copy',
        '--all',
        '--dest-tls-verify=false',
        `--dest-creds=token:${secret}`,
        `oci:${folder}/in:v1`,
        target,
      ]);
      const raw = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', '--no-creds', target]);
      expect(raw).toBe(index.bytes.toString());
      await run('skopeo', [
        'copy',
        '--all',
        '--src-tls-verify=false',
        '--src-no-creds',
        target,
        `oci:${folder}/out:v1`,
      ]);
      expect(readLayoutBlobs(join(folder, 'out'))).toEqual(readLayoutBlobs(join(folder, 'in')));
    });
  });

  test.skipIf(absent)(title('pulls by digest, lists tags, deletes'), async () => {
    const { alias, secret } = await createPublisher('push', 'delete');
    await withFolder(async (folder) => {
      const image = await buildSampleImage();
      await writeOciLayout(join(folder, 'in'), image, 'v1');
      const repository = `${HOST}/${alias}/sample`;
      const creds = `--creds=token:${secret}`;
      for (const tag of ['v1', 'v2']) {
        const push = ['copy', '--dest-tls-verify=false', `--dest-creds=token:${secret}`];
        await run('skopeo', [...push, `oci:${folder}/in:v1`, `docker://${repository}:${tag}`]);
      }
      const byDigest = await run('skopeo', [
        'inspect',
        '--raw',
        '--tls-verify=false',
        `docker://${repository}@${image.digest}`,
      ]);
      expect(byDigest).toBe(image.bytes.toString());
      const list = await run('skopeo', ['list-tags', '--tls-verify=false', `docker://${repository}`]);
      expect(JSON.parse(list)).toMatchObject({ Tags: ['v1', 'v2'] });
      await run('skopeo', ['delete', '--tls-verify=false', creds, `docker://${repository}:v1`]);
      await expect(
        run('skopeo', ['inspect', '--tls-verify=false', creds, `docker://${repository}:v1`]),
      ).rejects.toThrow(/manifest unknown|no longer|not found/i);
    });
  });

  test.skipIf(absent)(title('is told no: without a login, with a wrong one, and under a foreign alias'), async () => {
    const owner = await createPublisher();
    const other = await createPublisher();
    await withFolder(async (folder) => {
      await writeOciLayout(join(folder, 'in'), await buildSampleImage(), 'v1');
      const push = (alias: string, ...credentials: string[]) =>
        run('skopeo', [
          'copy',
          '--dest-tls-verify=false',
          ...credentials,
          `oci:${folder}/in:v1`,
          `docker://${HOST}/${alias}/no:v1`,
        ]);
      await expect(push(owner.alias, '--dest-no-creds')).rejects.toThrow(
        /requested access to the resource is denied|unauthorized/i,
      );
      await expect(push(owner.alias, '--dest-creds=token:wrong')).rejects.toThrow(/unauthorized|invalid username/i);
      await expect(push(owner.alias, `--dest-creds=token:${other.secret}`)).rejects.toThrow(/denied|may not/i);
    });
  });
});
