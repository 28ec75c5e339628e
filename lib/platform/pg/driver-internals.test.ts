import { EventEmitter } from 'node:events';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import type { Log } from '#lib/platform/log.ts';
import {
  findMissingInternals,
  interceptQueries,
  readProcessId,
  sendTogether,
  warnOfMissingInternals,
} from './driver-internals.ts';
import { watchWrites } from './watch-writes.ts';

const query = () => 'sent';
/** A client of a hypothetical version of pg without these internals. */
const closedClient = () => Object.freeze({ query }) as unknown as pg.PoolClient;
/** The internals, on a client without a server. */
const openClient = () => {
  const stream = { cork: vi.fn(), uncork: vi.fn() };
  const client = Object.assign(new EventEmitter(), { connection: { stream }, processID: 7, query });
  return { client: client as unknown as pg.PoolClient, stream };
};

const createPool = () => new EventEmitter() as unknown as pg.Pool;

function createRecordingLog() {
  const warn = vi.fn();
  return { log: { warn } as unknown as Log, warn };
}

test('the installed pg lacks only the process id before it connects', () => {
  expect(findMissingInternals(new pg.Client())).toEqual(['client.processID']);
});

test('the check doesn’t modify the client', () => {
  const { client } = openClient();
  expect(findMissingInternals(client)).toEqual([]);
  expect(Reflect.get(client, 'query')).toBe(query);
});

test('the check reports all missing internals in one warning', () => {
  const { log, warn } = createRecordingLog();
  const missing = findMissingInternals(closedClient());
  expect(missing).toEqual(['client.connection.stream', 'client.processID', 'client.query']);
  warnOfMissingInternals(log, missing);
  expect(warn).toHaveBeenCalledOnce();
  warnOfMissingInternals(log, []);
  expect(warn).toHaveBeenCalledOnce();
});

test('statements are corked, and uncorked on failure', () => {
  const { client, stream } = openClient();
  expect(sendTogether(client, () => 'answer')).toBe('answer');
  const ask = () => sendTogether(client, () => expect.fail('asking failed'));
  expect(ask).toThrow('asking failed');
  expect(stream.cork).toHaveBeenCalledTimes(2);
  expect(stream.uncork).toHaveBeenCalledTimes(2);
});

test('without a stream to cork, statements are sent individually', () => {
  expect(sendTogether(closedClient(), () => 'answer')).toBe('answer');
});

test('an unannounced process id is null', () => {
  expect(readProcessId(openClient().client)).toBe(7);
  expect(readProcessId(closedClient())).toBeNull();
});

test('interceptors compose', () => {
  const pool = createPool();
  const { client } = openClient();
  const sent: unknown[] = [];
  Object.assign(client, { query: (...args: unknown[]) => sent.push(args) });
  const append = (text: string) => (_client: unknown, statement: unknown) => `${String(statement)}${text}`;
  const onUnseen = vi.fn();
  interceptQueries(pool, { onQuery: append(' inner'), onUnseen });
  interceptQueries(pool, { onQuery: append(' outer'), onUnseen });
  pool.emit('connect', client);
  void client.query('SELECT', [1]);
  expect(sent).toEqual([['SELECT outer inner', [1]]]);
  expect(onUnseen).not.toHaveBeenCalled();
});

test('a client that can’t be intercepted is reported and works', () => {
  const pool = createPool();
  const onUnseen = vi.fn();
  interceptQueries(pool, { onQuery: () => expect.fail('nothing is intercepted'), onUnseen });
  const client = closedClient();
  pool.emit('connect', client);
  expect(onUnseen).toHaveBeenCalledExactlyOnceWith(client);
  expect(client.query('SELECT')).toBe('sent');
});

test('a client that can’t be intercepted counts as writing until its connection ends', () => {
  const pool = Object.assign(createPool(), { totalCount: 0 });
  const client = Object.assign(new EventEmitter(), { query }) as unknown as pg.PoolClient;
  Object.defineProperty(client, 'query', { writable: false });
  const writers = new Set<object>();
  watchWrites(pool, { onBegin: (writer) => writers.add(writer), onEnd: (writer) => writers.delete(writer) });
  pool.emit('connect', client);
  client.emit('drain');
  expect(writers.size).toBe(1);
  client.emit('end');
  expect(writers.size).toBe(0);
});
