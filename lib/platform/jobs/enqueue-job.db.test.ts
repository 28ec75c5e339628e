import { once } from 'node:events';
import { EventEmitter } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createLog } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { changePayloadType, clearJobs, failJobs, readJobs } from '#lib/testing/queued-jobs.ts';
import { enqueueJob } from './enqueue-job.ts';
import { migrateJobs, runWorker } from './run-worker.ts';

const JOB = 'follows-changes';
const KEY = { key: `${JOB}:1` };
const SOON = { timeout: 10_000, interval: 20 };

async function openSite(): Promise<TestApp> {
  const site = await createTestApp();
  onTestFinished(() => site.close());
  await clearJobs(site.app);
  return site;
}

async function work({ app: { direct, log } }: TestApp, handle: () => Promise<void>): Promise<void> {
  onTestFinished(await runWorker({ direct, log, handlers: { [JOB]: handle }, schedule: [] }));
}

async function listJobs({ app }: TestApp) {
  const text = `SELECT id, revision, round(extract(epoch FROM run_at - now()))::int AS "inSeconds" FROM graphile_worker.jobs`;
  return (await app.pool.query<{ id: string; revision: number; inSeconds: number }>(text)).rows;
}

test('keeps an identical pending job', async () => {
  const site = await openSite();
  const { db } = site.app;
  await enqueueJob(db, JOB, {}, { ...KEY, delaySeconds: 60 });
  const before = await listJobs(site);
  for (let i = 0; i < 3; i += 1) await enqueueJob(db, JOB, {}, { ...KEY, delaySeconds: 60 });
  expect(await listJobs(site)).toEqual([{ ...before[0], inSeconds: expect.closeTo(60, 0) as number }]);
});

test('replaces a pending job by an earlier one or one with another payload', async () => {
  const site = await openSite();
  const { db } = site.app;
  await enqueueJob(db, JOB, {}, { ...KEY, delaySeconds: 60 });
  await enqueueJob(db, JOB, {}, KEY);
  expect(await listJobs(site)).toMatchObject([{ inSeconds: expect.closeTo(0, 0) as number }]);
  await enqueueJob(db, JOB, { other: true }, KEY);
  expect(await readJobs(site.app, JOB)).toEqual([{ other: true }]);
});

test('restarts a failed job that waits for its next attempt', async () => {
  const site = await openSite();
  const { db, pool } = site.app;
  await enqueueJob(db, JOB, {}, KEY);
  await failJobs(site.app, 3);
  await enqueueJob(db, JOB, {}, { ...KEY, delaySeconds: 1 });
  const { rows } = await pool.query('SELECT attempts FROM graphile_worker.jobs');
  expect(rows).toEqual([{ attempts: 0 }]);
});

test('a change while the job runs causes another run', async () => {
  const site = await openSite();
  const steps = new EventEmitter();
  let runs = 0;
  await work(site, async () => {
    runs += 1;
    steps.emit('begun');
    if (runs === 1) await once(steps, 'go on');
  });
  const begun = once(steps, 'begun');
  await enqueueJob(site.app.db, JOB, {}, KEY);
  await begun;
  await enqueueJob(site.app.db, JOB, {}, KEY);
  steps.emit('go on');
  await expect.poll(() => runs, SOON).toBe(2);
});

test('a pending job does not run before a change that relies on it commits', async () => {
  const site = await openSite();
  const { pool } = site.app;
  await pool.query('CREATE TABLE facts (fact int)');
  const seen: (number | null)[] = [];
  await enqueueJob(site.app.db, JOB, {}, KEY);
  await inTransaction(pool, async (tx) => {
    await tx.query('INSERT INTO facts VALUES (1)');
    await enqueueJob(tx, JOB, {}, KEY);
    await work(site, async () => {
      seen.push((await pool.query('SELECT FROM facts')).rowCount);
    });
    // A job with another key runs in the meantime.
    await enqueueJob(site.app.db, JOB, {}, { key: `${JOB}:2` });
    await expect.poll(() => seen, SOON).toEqual([0]);
  });
  await expect.poll(() => seen, SOON).toEqual([0, 1]);
});

describe('if the queue’s table has changed', () => {
  test('adds jobs with the documented function and warns once', async () => {
    const site = await openSite();
    const { db, pool } = site.app;
    const log = createLog('silent', false);
    const warn = vi.spyOn(log, 'warn');
    await changePayloadType(site.app);
    await migrateJobs(pool, log);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      { missing: ['payload json'] },
      expect.stringMatching(/job queue lacks/),
    );
    await enqueueJob(db, JOB, { of: 1 }, KEY);
    await inTransaction(pool, (tx) => enqueueJob(tx, JOB, { of: 1 }, KEY));
    expect(await readJobs(site.app, JOB)).toEqual([{ of: 1 }]);
    expect(await listJobs(site)).toMatchObject([{ revision: 1 }]);
  });
});

test('installs the function once for processes that start concurrently', async () => {
  const site = await openSite();
  const { pool, log } = site.app;
  const read = async () =>
    (await pool.query<{ xmin: string }>(`SELECT xmin FROM pg_proc WHERE proname = 'enqueue_job'`)).rows;
  const installed = await read();
  await migrateJobs(pool, log);
  expect(await read()).toEqual(installed);
  await pool.query('DROP FUNCTION enqueue_job');
  await Promise.all([migrateJobs(pool, log), migrateJobs(pool, log), migrateJobs(pool, log)]);
  expect(await read()).toHaveLength(1);
});
