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
  await client.send('PATCH', expired, { body: 'abc' });
  const rowOf = (location: string) =>
    app.db.upload.findUniqueOrThrow({ where: { id: location.split('/').at(-1) ?? '' } });
  await app.db.upload.update({ where: { id: (await rowOf(expired)).id }, data: { expiresAt: new Date(0) } });
  const [oldOrphan, youngOrphan] = [randomUUID(), randomUUID()];
  for (const id of [oldOrphan, youngOrphan]) await app.intake.begin(id);
  // Two hours old. The open upload is too, but its row protects it.
  const then = new Date(Date.now() - 2 * 60 * 60 * 1000);
  for (const id of [oldOrphan, (await rowOf(open)).stagedId ?? '']) {
    await utimes(join(app.config.dataDir, 'uploads', id), then, then);
  }
  const [remembered, forgotten] = [randomUUID(), randomUUID()];
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 60 * 60 * 1000);
  await app.db.endedUpload.createMany({
    data: [
      { id: remembered, endedAt: hoursAgo(24) },
      { id: forgotten, endedAt: hoursAgo(26) },
    ],
  });

  await reapUploads(app);

  expect(await readStoredState(app)).toMatchObject({ uploads: 1, stagedFiles: 2 });
  expect((await client.send('GET', open)).headers.range).toBe('0-2');
  expect((await client.send('GET', expired)).status).toBe(404);
  expect(await app.intake.readSize(oldOrphan)).toBeNull();
  expect(await app.intake.readSize(youngOrphan)).toBe(0);
  const ended = (await app.db.endedUpload.findMany({ select: { id: true } })).map(({ id }) => id);
  expect(ended.toSorted()).toEqual([remembered, expired.split('/').at(-1) ?? ''].toSorted());
});
