import { expect, onTestFinished, test } from 'vitest';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { enqueueJob } from './enqueue-job.ts';
import { countJobs } from './queries.ts';
import { releaseJobs } from './run-worker.ts';

test('what a killed worker left locked waits for a worker again', async () => {
  const { app, close } = await createTestApp();
  onTestFinished(close);
  const before = await countJobs(app);
  await enqueueJob(app.db, 'refresh-search', {});
  await app.pool.query(`UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'killed'`);
  expect((await countJobs(app)).running).toBe(before.waiting + 1);
  await releaseJobs(app.pool);
  expect(await countJobs(app)).toMatchObject({ running: 0, waiting: before.waiting + 1 });
});
