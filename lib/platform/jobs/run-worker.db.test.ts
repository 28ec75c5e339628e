// Two processes on one database: one takes over the other's job after that was killed, but not before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { clearJobs, slowDownRemoval } from '#lib/testing/queued-jobs.ts';
import { enqueueJob } from './enqueue-job.ts';
import { releaseLostJobs } from './release-lost-jobs.ts';
import { runWorker } from './run-worker.ts';
import { WORKER_LOCK } from './worker-locks.sql.ts';

const JOB = 'takes-long';
const TAKEN_OVER = { timeout: 20_000, interval: 50 };

async function openSite(): Promise<TestApp> {
  const site = await createTestApp();
  onTestFinished(() => site.close());
  await clearJobs(site.app);
  return site;
}

/** Resolves once the process has taken the job. */
async function startOther(site: TestApp): Promise<(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => void> {
  const script = join(import.meta.dirname, '../../testing/servers/hanging-worker.ts');
  const child = spawn(process.execPath, [script, site.app.config.databaseUrl ?? '', JOB], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('the other worker ended'))),
  ]);
  return (signal) => void child.kill(signal);
}

/** Returns a function that counts runs of the job in this process. */
async function startHere(site: TestApp): Promise<() => number> {
  let count = 0;
  const work = () => {
    count += 1;
    return Promise.resolve();
  };
  const { direct, log } = site.app;
  const stop = await runWorker({ direct, log, handlers: { [JOB]: work }, schedule: [] });
  onTestFinished(stop);
  return () => count;
}

const countLocked = async ({ app }: TestApp) =>
  (await app.pool.query('SELECT FROM graphile_worker.jobs WHERE locked_by IS NOT NULL')).rowCount;

/** Checks for lost jobs often enough that a lost worker would have been declared dead twice. */
async function expectNoneLost({ app }: TestApp, suspects = new Set<string>()): Promise<void> {
  for (let look = 0; look < 4; look += 1) {
    suspects = await releaseLostJobs(app, suspects);
    expect(suspects).toEqual(new Set());
  }
}

/** The connections that hold worker locks. */
const readLockHolders = async ({ app }: TestApp) => {
  const { rows } = await app.pool.query<{ pid: number }>(
    `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = $1 AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [WORKER_LOCK],
  );
  return rows.map(({ pid }) => pid);
};

test('a stalled worker keeps its job until it is killed', async () => {
  const site = await openSite();
  await enqueueJob(site.app.db, JOB, {});
  const signal = await startOther(site);
  const count = await startHere(site);
  signal('SIGSTOP');
  await expectNoneLost(site);
  expect([count(), await countLocked(site)]).toEqual([0, 1]);
  signal('SIGKILL');
  await expect.poll(count, TAKEN_OVER).toBe(1);
  await expect.poll(() => countLocked(site), TAKEN_OVER).toBe(0);
  expect((await site.app.pool.query('SELECT FROM graphile_worker.jobs')).rowCount).toBe(0);
});

test('a worker that starts after another was killed runs its job', async () => {
  const site = await openSite();
  await enqueueJob(site.app.db, JOB, {});
  (await startOther(site))('SIGKILL');
  const count = await startHere(site);
  await expect.poll(count, TAKEN_OVER).toBe(1);
});

test('a worker that lost all connections reacquires its lock and keeps its job', async () => {
  const site = await openSite();
  await enqueueJob(site.app.db, JOB, {});
  await startOther(site);
  const count = await startHere(site);
  await expect.poll(async () => (await readLockHolders(site)).length).toBe(2);
  const before = await readLockHolders(site);
  await site.app.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  const countNewHolders = async () => (await readLockHolders(site)).filter((pid) => !before.includes(pid)).length;
  await expect.poll(countNewHolders, { timeout: 10_000 }).toBe(2);
  await expectNoneLost(site);
  expect([count(), await countLocked(site)]).toEqual([0, 1]);
});

test('a stopping worker releases its lock and leaves no job behind', async () => {
  const site = await openSite();
  const { direct, pool, log } = site.app;
  let isDone = false;
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  // Simulates a busy database that is slow to delete finished jobs.
  await slowDownRemoval(site.app, 0.3);
  const work = async () => {
    await finished;
    isDone = true;
  };
  const stop = await runWorker({ direct, log, handlers: { [JOB]: work }, schedule: [] });
  // pg_locks includes other tests' databases.
  const ofThisDatabase = '(SELECT oid FROM pg_database WHERE datname = current_database())';
  const locks = async () =>
    (await pool.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = ${ofThisDatabase}`)).rowCount;
  await enqueueJob(site.app.db, JOB, {});
  await expect.poll(() => countLocked(site)).toBe(1);
  expect(await locks()).toBe(1);
  const stopping = stop();
  finish();
  await stopping;
  expect([isDone, await countLocked(site)]).toEqual([true, 0]);
  // PostgreSQL releases the lock once it detects the lost connection.
  await expect.poll(locks).toBe(0);
});
