import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase } from '../db.ts';
import { QueueingPool } from './queueing-pool.ts';

/** The template database, for a role with a connection limit. */
async function createRole(connections: number): Promise<string> {
  const name = `few_${process.hrtime.bigint()}`;
  const client = new pg.Client({ connectionString: inject('templateUrl') });
  await client.connect();
  await client
    .query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret' CONNECTION LIMIT ${connections}`)
    .finally(() => client.end());
  const url = new URL(inject('templateUrl'));
  return Object.assign(url, { username: name, password: 'secret' }).href;
}

test.each([1, 3])('queues forty concurrent statements for %i available connections', async (connections) => {
  const { pool, close } = openDatabase(await createRole(connections), { onError: () => undefined });
  onTestFinished(close);
  const statements = Array.from({ length: 40 }, (_, i) => pool.query<{ i: number }>('SELECT $1::int AS i', [i]));
  const results = await Promise.all(statements);
  expect(results.map(({ rows }) => rows[0]?.i)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  expect(pool.totalCount).toBeLessThanOrEqual(connections);
  expect(pool.isDatabaseUnavailable).toBe(false);
});

/** Opens a pool, and counts the connections that it tries to open. */
function openCountedPool(connectionString: string, max: number) {
  let attempts = 0;
  class CountedClient extends pg.Client {
    constructor(options?: pg.ClientConfig) {
      super(options);
      attempts += 1;
    }
  }
  const pool = new QueueingPool({ connectionString, max, connectionTimeoutMillis: 10_000, Client: CountedClient });
  onTestFinished(() => pool.end());
  return { pool, countAttempts: () => attempts };
}

test('a long queue does not cause repeated connection attempts', async () => {
  const waiting = 300;
  const { pool, countAttempts } = openCountedPool(await createRole(3), 8);
  await Promise.all(Array.from({ length: waiting }, () => pool.query('SELECT pg_sleep(0.01)')));
  // Several go out before the first connection is there, more of them on a slow machine. Otherwise each statement would try.
  expect(countAttempts()).toBeLessThan(waiting / 3);
});

test('takes the first free connection if other pools hold all of them', async () => {
  const url = await createRole(1);
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  const { pool, countAttempts } = openCountedPool(url, 8);
  const asked = pool.query('SELECT 1 AS one');
  // By the second attempt the first one was refused.
  await expect.poll(countAttempts, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  await other.end();
  expect((await asked).rows).toEqual([{ one: 1 }]);
});

test('reports an unreachable database', async () => {
  const url = new URL(inject('templateUrl'));
  const { pool, close } = openDatabase(Object.assign(url, { port: '9', search: '' }).href, {
    onError: () => undefined,
  });
  onTestFinished(close);
  expect(pool.isDatabaseUnavailable).toBe(false);
  await expect(pool.query('SELECT 1')).rejects.toThrow();
  expect(pool.isDatabaseUnavailable).toBe(true);
});
