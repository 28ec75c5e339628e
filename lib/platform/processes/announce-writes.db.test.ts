import { beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase, type Database } from '#lib/platform/pg/db.ts';
import { announceWrites } from './announce-writes.ts';

let database: Database;
let things: string;
let announced: string[];
/** What another connection sees at the time of each announcement. */
let seen: number[];
const insert = (name?: string) => ({ ...(name && { name }), text: `INSERT INTO ${things} VALUES (1)` });

beforeEach(async () => {
  const url = inject('templateUrl');
  things = `things_${process.hrtime.bigint()}`;
  database = openDatabase(url, { onError: () => undefined });
  const other = openDatabase(url, { onError: () => undefined });
  onTestFinished(async () => {
    await database.close();
    await other.pool.query(`DROP TABLE ${things}`);
    await other.close();
  });
  announced = [];
  seen = [];
  await other.pool.query(`CREATE TABLE ${things} (id int)`);
  const kinds = { content: new Set(['move', 'add']), unannounced: new Set(['add', 'count']) };
  announceWrites(database.pool, kinds, async (kind) => {
    announced.push(kind);
    seen.push((await other.pool.query(`SELECT FROM ${things}`)).rowCount ?? 0);
  });
});

test('reads and statements that only add or count are not announced', async () => {
  await database.pool.query('SELECT 1');
  await database.pool.query(insert('add'));
  await database.pool.query(insert('count'));
  expect(announced).toEqual([]);
});

test('a write is announced once it is visible, and before its result is known', async () => {
  await database.pool.query(insert('move'));
  await database.pool.query(insert());
  expect(announced).toEqual(['content', 'other']);
  expect(seen).toEqual([1, 2]);
});

test('a transaction is announced when it commits, by the widest of its writes', async () => {
  const client = await database.pool.connect();
  await client.query('BEGIN');
  await client.query(insert('add'));
  await client.query(insert('move'));
  await client.query('SAVEPOINT s');
  await client.query(insert());
  await client.query('ROLLBACK TO SAVEPOINT s');
  expect(announced).toEqual([]);
  await client.query('COMMIT');
  expect(announced).toEqual(['other']);
  expect(seen).toEqual([2]);
  await client.query('BEGIN');
  await client.query(insert());
  await client.query('ROLLBACK');
  client.release();
  expect(announced).toEqual(['other']);
});

test('transactions of Prisma are announced', async () => {
  await database.db.$transaction([database.db.$executeRawUnsafe(`INSERT INTO ${things} VALUES (1)`)]);
  expect(announced).toContain('other');
  expect(seen.at(-1)).toBe(1);
});

test('several statements in one text are announced, and failures are passed on', async () => {
  await database.pool.query(`BEGIN; INSERT INTO ${things} VALUES (1); COMMIT`);
  expect(announced).toEqual(['other']);
  await expect(database.pool.query(`INSERT INTO ${things} VALUES (1, 2)`)).rejects.toThrow('more expressions');
});
