import { once } from 'node:events';
import { EventEmitter } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { enqueueJob } from './enqueue-job.ts';
import { runWorker } from './run-worker.ts';

const JOB = 'follows-changes';
const KEY = { key: `${JOB}:1` };
const SOON = { timeout: 10_000, interval: 20 };

async function openSite(): Promise<TestApp> {
  const site = await createTestApp();
  onTestFinished(() => site.close());
  await site.app.pool.query('DELETE FROM graphile_worker._private_jobs');
  return site;
}

async function work({ app: { direct, log } }: TestApp, handle: () => Promise<void>): Promise<void> {
  onTestFinished(await runWorker({ direct, log, handlers: { [JOB]: handle }, schedule: [] }));
}

async function listJobs({ app }: TestApp) {
  const text = `SELECT id, revision, round(extract(epoch FROM run_at - now()))::int AS "inSeconds" FROM graphile_worker.jobs`;
  return (await app.pool.query<{ id: string; revision: number; inSeconds: number }>(text)).rows;
}

test('a job that waits is left as it is', async () => {
  const site = await openSite();
  const { db } = site.app;
  await enqueueJob(db, JOB, {}, { ...KEY, delaySeconds: 60 });
  const before = await listJobs(site);
  for (let i = 0; i < 3; i += 1) await enqueueJob(db, JOB, {}, { ...KEY, delaySeconds: 60 });
  expect(await listJobs(site)).toEqual([{ ...before[0], inSeconds: expect.closeTo(60, 0) as number }]);
});

test('unless it is wanted sooner, or about something else', async () => {
  const site = await openSite();
  const { db, pool } = site.app;
  await enqueueJob(db, JOB, {}, { ...KEY, delaySeconds: 60 });
  await enqueueJob(db, JOB, {}, KEY);
  expect(await listJobs(site)).toMatchObject([{ inSeconds: expect.closeTo(0, 0) as number }]);
  await enqueueJob(db, JOB, { other: true }, KEY);
  const { rows } = await pool.query('SELECT payload FROM graphile_worker._private_jobs');
  expect(rows).toEqual([{ payload: { other: true } }]);
});

test('one that has failed and waits for its next turn gets a new one', async () => {
  const site = await openSite();
  const { db, pool } = site.app;
  await enqueueJob(db, JOB, {}, KEY);
  await pool.query(`UPDATE graphile_worker._private_jobs SET attempts = 3, run_at = now() + interval '1 hour'`);
  await enqueueJob(db, JOB, {}, { ...KEY, delaySeconds: 1 });
  const { rows } = await pool.query('SELECT attempts FROM graphile_worker.jobs');
  expect(rows).toEqual([{ attempts: 0 }]);
});

test('a change while the job runs is followed by another run', async () => {
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

test('a job that waits does not run before a change that relies on it is committed', async () => {
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
    // A job of another kind of key gets through meanwhile.
    await enqueueJob(site.app.db, JOB, {}, { key: `${JOB}:2` });
    await expect.poll(() => seen, SOON).toEqual([0]);
  });
  await expect.poll(() => seen, SOON).toEqual([0, 1]);
});
