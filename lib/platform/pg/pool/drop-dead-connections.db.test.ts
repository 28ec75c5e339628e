import { expect, inject, onTestFinished, test } from 'vitest';
import { startTcpFaultProxy } from '#lib/testing/tcp-fault-proxy.ts';
import { QueueingPool } from './queueing-pool.ts';
import { dropDeadConnections } from './drop-dead-connections.ts';

const QUIET_MS = 300;

async function openThroughProxy({ hasSessions = true } = {}) {
  const proxy = await startTcpFaultProxy(Number(new URL(inject('templateUrl')).port));
  const connectionString = proxy.through(inject('templateUrl'));
  const pool = new QueueingPool({ connectionString, max: 3, connectionTimeoutMillis: 2_000, pipeline: true });
  pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  dropDeadConnections(pool, { hasSessions, quietMs: QUIET_MS });
  onTestFinished(async () => {
    await proxy.close();
    await pool.end();
  });
  return { proxy, pool };
}

test('statements on connections that the server no longer has fail, and later ones succeed', async () => {
  const { proxy, pool } = await openThroughProxy();
  await pool.query('SELECT 1');
  const asked = pool.query('SELECT pg_sleep(0.3)');
  await expect.poll(() => pool.idleCount).toBe(0);
  proxy.abandon();
  // The server ends it, which the client doesn't hear of.
  const { rows } = await pool.query<{ ended: number }>(
    `SELECT count(pg_terminate_backend(pid))::int AS ended FROM pg_stat_activity
     WHERE query LIKE '%pg_sleep(0.3)%' AND pid <> pg_backend_pid()`,
  );
  expect(rows[0]?.ended).toBe(1);
  await expect(asked).rejects.toThrow(/Connection terminated/);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('statements fail when the server can’t be reached at all, and succeed once it can', async () => {
  const { proxy, pool } = await openThroughProxy();
  await pool.query('SELECT 1');
  proxy.freeze();
  await expect(pool.query('SELECT 1')).rejects.toThrow(/Connection terminated/);
  expect(pool.isDatabaseUnavailable).toBe(true);
  await proxy.heal();
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test.each([true, false])('a slow statement goes on, with ids of processes: %s', async (hasSessions) => {
  const { pool } = await openThroughProxy({ hasSessions });
  expect((await pool.query('SELECT 1 AS one, pg_sleep(1.5)')).rows).toMatchObject([{ one: 1 }]);
});
