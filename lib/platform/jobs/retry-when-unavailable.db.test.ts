import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '#lib/platform/pg/db.ts';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { clearJobs } from '#lib/testing/queued-jobs.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { enqueueJob } from './enqueue-job.ts';
import { runWorker } from './run-worker.ts';

/** Longer than a statement takes to fail. */
const OUTAGE_MS = 2_000;
const SOON = { timeout: 30_000, interval: 50 };

/** A proxy to a database that can be interrupted. */
async function openLine(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const port = await findFreePort();
  const sockets = new Set<Socket>();
  const join = async () => {
    const server = createServer((socket) => {
      const other = createConnection(Number(target.port), '127.0.0.1');
      for (const end of [socket, other]) sockets.add(end.on('error', () => undefined));
      socket.pipe(other).pipe(socket);
      socket.on('close', () => other.destroy());
      other.on('close', () => socket.destroy());
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
  };
  return { url: Object.assign(new URL(target), { port: String(port), search: '' }).href, join };
}

// An unhandled rejection fails the whole test run.
test.each(['done', 'failed'])('a job that is %s during an outage is recorded afterwards', async (how) => {
  const site = await createTestApp();
  onTestFinished(() => site.close());
  const { app } = site;
  await clearJobs(app);
  const line = await openLine(app.config.databaseUrl ?? '');
  let cut = await line.join();
  onTestFinished(() => {
    cut();
  });
  const database = openDatabase(line.url, { onError: () => undefined });
  onTestFinished(() => database.close());
  const { promise: outage, resolve: begin } = Promise.withResolvers<undefined>();
  let isStarted = false;
  const work = async () => {
    isStarted = true;
    await outage;
    if (how === 'failed') throw new Error('it needed the database');
  };
  const stop = await runWorker({ direct: database.direct, log: app.log, handlers: { work }, schedule: [] });
  onTestFinished(stop);
  await enqueueJob(app.db, 'work', {});
  await expect.poll(() => isStarted, SOON).toBe(true);
  cut();
  begin(undefined);
  await sleep(OUTAGE_MS);
  cut = await line.join();
  const readJobs = async () =>
    (
      await app.pool.query<{ is_locked: boolean }>(
        'SELECT locked_by IS NOT NULL AS is_locked FROM graphile_worker.jobs',
      )
    ).rows;
  await expect.poll(readJobs, SOON).toEqual(how === 'done' ? [] : [{ is_locked: false }]);
});
