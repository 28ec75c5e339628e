// Two processes on one database: what one had under way when it was killed, the other does, and not before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { enqueueJob } from './enqueue-job.ts';
import { runWorker } from './run-worker.ts';

const JOB = 'takes-long';
/** Longer than anybody waits before taking a worker for dead. */
const PATIENCE_MS = 9_000;
const LOOKS_OF_A_DEAD_WORKER = { timeout: 20_000, interval: 50 };

async function openSite(): Promise<TestApp> {
  const site = await createTestApp();
  onTestFinished(() => site.close());
  await site.app.pool.query('DELETE FROM graphile_worker._private_jobs');
  return site;
}

/** Resolves once it has the job. */
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

/** Answers how often the job was done here. */
async function startHere(site: TestApp, takesMs = 0): Promise<() => number> {
  let count = 0;
  const work = async () => {
    count += 1;
    await sleep(takesMs);
  };
  const { direct, log } = site.app;
  const stop = await runWorker({ direct, log, handlers: { [JOB]: work }, schedule: [] });
  onTestFinished(stop);
  return () => count;
}

const countLocked = async ({ app }: TestApp) =>
  (await app.pool.query('SELECT FROM graphile_worker.jobs WHERE locked_by IS NOT NULL')).rowCount;

test('a job of a worker that stands still is left to it, and done by another one when it is killed', async () => {
  const site = await openSite();
  await enqueueJob(site.app.db, JOB, {});
  const signal = await startOther(site);
  const count = await startHere(site);
  signal('SIGSTOP');
  await sleep(PATIENCE_MS);
  expect([count(), await countLocked(site)]).toEqual([0, 1]);
  signal('SIGKILL');
  await expect.poll(count, LOOKS_OF_A_DEAD_WORKER).toBe(1);
  await expect.poll(() => countLocked(site), LOOKS_OF_A_DEAD_WORKER).toBe(0);
  expect((await site.app.pool.query('SELECT FROM graphile_worker.jobs')).rowCount).toBe(0);
});

test('a worker that is started after the other one was killed does its job', async () => {
  const site = await openSite();
  await enqueueJob(site.app.db, JOB, {});
  (await startOther(site))('SIGKILL');
  const count = await startHere(site);
  await expect.poll(count, LOOKS_OF_A_DEAD_WORKER).toBe(1);
});

test('a worker whose connections were all cut keeps its job', async () => {
  const site = await openSite();
  await enqueueJob(site.app.db, JOB, {});
  await startOther(site);
  const count = await startHere(site);
  await site.app.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await sleep(PATIENCE_MS);
  expect([count(), await countLocked(site)]).toEqual([0, 1]);
});

test('a worker that stops lets go of its lock, and leaves no job', async () => {
  const site = await openSite();
  const { direct, pool, log } = site.app;
  let isDone = false;
  // A busy database takes its time to delete a job that is done.
  await pool.query(`
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN OLD; END $$;
    CREATE TRIGGER slow BEFORE DELETE ON graphile_worker._private_jobs FOR EACH ROW EXECUTE FUNCTION wait()`);
  const work = async () => {
    await sleep(300);
    isDone = true;
  };
  const stop = await runWorker({ direct, log, handlers: { [JOB]: work }, schedule: [] });
  // pg_locks tells of every database of the server; other tests have their locks in theirs.
  const ofThisDatabase = '(SELECT oid FROM pg_database WHERE datname = current_database())';
  const locks = async () =>
    (await pool.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = ${ofThisDatabase}`)).rowCount;
  await enqueueJob(site.app.db, JOB, {});
  await expect.poll(() => countLocked(site)).toBe(1);
  expect(await locks()).toBe(1);
  await stop();
  expect([isDone, await countLocked(site)]).toEqual([true, 0]);
  // PostgreSQL lets go of it when it has noticed that the connection is gone.
  await expect.poll(locks).toBe(0);
});
