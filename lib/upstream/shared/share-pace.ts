import type pg from 'pg';
import type { Log } from '#lib/platform/log.ts';
import type { ReserveTurns } from '#lib/upstream/client/request-pace.ts';
import { reserveTurnRow } from './reserve-turns.sql.ts';

/** Keeps the pace of requests to a host over all processes of the site. Without the database, each keeps its own. */
export function sharePace({ pool, log }: { pool: pg.Pool; log: Log }): ReserveTurns {
  return async (turns) => {
    try {
      return await reserveTurnRow(pool, turns);
    } catch (error) {
      log.warn({ err: error, upstream: turns.host }, "the shared pace of requests to an upstream can't be read");
      return null;
    }
  };
}
