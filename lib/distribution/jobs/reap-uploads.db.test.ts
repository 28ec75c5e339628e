import { randomUUID } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';
import { reapUploads } from './reap-uploads.ts';

test('removes expired uploads and old bytes without a row, and keeps the others', async () => {
  const vitrine = await createTestApp();
  onTestFinished(() => vitrine.close());
  const { app } = vitrine;
  const ada = await vitrine.createUser();
  const client = createRawClient(vitrine.url, basic(ada.token));
  const open = await client.startUpload(`${ada.alias}/tool`);
  await client.send('PATCH', open, { body: 'abc' });
  const expired = await client.startUpload(`${ada.alias}/tool`);
  await app.db.upload.update({ where: { id: expired.split('/').at(-1) ?? '' }, data: { expiresAt: new Date(0) } });
  const [oldOrphan, youngOrphan] = [randomUUID(), randomUUID()];
  for (const id of [oldOrphan, youngOrphan]) await app.intake.begin(id);
  // Two hours old. The open upload is too, but its row protects it.
  const then = new Date(Date.now() - 2 * 60 * 60 * 1000);
  for (const id of [oldOrphan, open.split('/').at(-1) ?? '']) {
    await utimes(join(app.config.dataDir, 'uploads', id), then, then);
  }

  await reapUploads(app);

  expect(await readStoredState(app)).toMatchObject({ uploads: 1, stagedFiles: 2 });
  expect((await client.send('GET', open)).headers.range).toBe('0-2');
  expect((await client.send('GET', expired)).status).toBe(404);
  expect(await app.intake.readSize(oldOrphan)).toBeNull();
  expect(await app.intake.readSize(youngOrphan)).toBe(0);
});
