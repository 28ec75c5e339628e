// graphile-worker takes a job that has ended off the queue without waiting for that. It retries for a few errors; any other one is
// nobody's, and would end the process: a database that restarts would take all transfers with it.
import type pg from 'pg';
import { toAppError } from '#lib/platform/errors.ts';

/** SQLSTATE cannot_connect_now: retried for hours. */
const RETRIED = '57P03';

type Callback = Parameters<pg.Pool['connect']>[0];
type Query = (...args: unknown[]) => Promise<unknown>;

/** The same pool, whose errors say that a statement may be retried when the database is away. */
export function retryWhenAway(pool: pg.Pool): pg.Pool {
  const fail = (error: unknown): never => {
    const isAway = pool.ending || toAppError(error).code === 'unavailable';
    if (!isAway) throw error;
    throw Object.assign(new Error('the database is away', { cause: error }), { code: RETRIED });
  };
  const watch = (client: pg.PoolClient) => {
    const query: Query = (...args) => (client.query as unknown as Query).apply(client, args).catch(fail);
    return overlay(client, { query });
  };
  const connect = (callback?: Callback) => (callback ? pool.connect(callback) : pool.connect().then(watch, fail));
  return overlay(pool, { connect });
}

function overlay<Target extends object>(target: Target, methods: Record<PropertyKey, unknown>): Target {
  return new Proxy(target, {
    get: (_target, key) => {
      if (Object.hasOwn(methods, key)) return methods[key];
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
