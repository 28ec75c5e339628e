import type { Db } from '#lib/platform/pg/db.ts';

/**
 * Returns a time before which all events are committed. A reader that went past an event would miss one with a lower id that
 * commits later. Events of a transaction are no older than its start, and only transactions that write have an id. Ids and times may differ in order by less than a second.
 */
export async function readSettledTime(db: Db): Promise<Date> {
  const [row] = await db.$queryRaw<[{ at: Date }]>`
    SELECT least(clock_timestamp(), min(xact_start)) - interval '1 second' AS at
      FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()`;
  return row.at;
}
