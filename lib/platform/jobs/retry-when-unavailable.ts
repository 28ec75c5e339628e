// graphile-worker doesn't await the removal of a finished job. It retries that on a few errors; any other one becomes an
// unhandled rejection. Without this, a restarting database would crash the process and abort all transfers.
import type pg from 'pg';
import { toAppError } from '#lib/platform/errors.ts';

/** SQLSTATE cannot_connect_now, which graphile-worker retries for hours. */
const RETRIED = '57P03';

type Callback = Parameters<pg.Pool['connect']>[0];
type Query = (...args: unknown[]) => Promise<unknown>;

/** Wraps the pool so that errors of an unavailable database look retryable to graphile-worker. */
export function retryWhenUnavailable(pool: pg.Pool): pg.Pool {
  const fail = (error: unknown): never => {
    const isUnavailable = pool.ending || toAppError(error).code === 'unavailable';
    if (!isUnavailable) throw error;
    throw Object.assign(new Error('the database is unavailable', { cause: error }), { code: RETRIED });
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
