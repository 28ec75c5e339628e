// A tool that can only log in sends a workload's token as the password.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { HOST, missing, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { startWorkflow } from '../start-workflow.ts';
import { buildSampleImage } from './sample-image.ts';

const absent = missing('skopeo');

test.skipIf(absent)(`skopeo pushes with a token${absent ? ` (skipped: ${absent})` : ''}`, async () => {
  const { alias, registryId, call, sign, close } = await startWorkflow();
  try {
    await call('POST', '/repositories', { fullName: `${alias}/by-token`, visibility: 'public' });
    await withFolder(async (folder) => {
      await writeOciLayout(join(folder, 'in'), await buildSampleImage(), 'v1');
      const push = async () => {
        const to = ['copy', '--dest-tls-verify=false', `--dest-creds=${registryId}/publish:${await sign()}`];
        await run('skopeo', [...to, `oci:${folder}/in:v1`, `docker://${HOST}/${alias}/by-token:v1`]);
      };
      await expect(push()).rejects.toThrow(/doesn't accept tokens as passwords/);
      await call('PATCH', `/registries/${registryId}/roles/publish`, { acceptsTokenLogin: true });
      await push();
    });
    const tag = await call('GET', `/repositories/${encodeURIComponent(`${alias}/by-token`)}/tags/v1`);
    expect(tag).toMatchObject({ workflow: { repository: { text: 'acme/web' }, run: { text: '7' } } });
  } finally {
    await close();
  }
});
