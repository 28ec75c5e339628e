import type { Db } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import { shownActor } from './shown-actor.sql.ts';
import type { AuditedChange } from './build-outbound-events.ts';

/** `actor`: as members of the registry see it. */
export type ChangeFeedRow = AuditedChange & { id: bigint; at: Date; actor: string };

const ACTOR = Prisma.raw(shownActor('e', 'actor_label'));

/**
 * Reads a registry's changes that have events and came after an id, oldest first. It stops before the oldest transaction that is still
 * writing: a reader that went past an event would miss one with a lower id that commits later. Events of a transaction are no older
 * than its start, and only transactions that write have an id. Ids and times may differ in order by less than a second.
 */
export async function readChangeFeed(
  db: Db,
  { registryKey, after, limit }: { registryKey: bigint; after: bigint; limit: number },
): Promise<ChangeFeedRow[]> {
  const [{ at: settled }] = await db.$queryRaw<[{ at: Date }]>`
    SELECT least(clock_timestamp(), min(xact_start)) - interval '1 second' AS at
      FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()`;
  return db.$queryRaw<ChangeFeedRow[]>`
    SELECT e.id, e.event_id::text AS "eventId", e.at, e.action AS type, e.target, e.before, e.after, ${ACTOR} AS actor
      FROM audit_events e
     WHERE e.registry_id = ${registryKey} AND e.id > ${after} AND e.event_id IS NOT NULL AND e.at < ${settled}
     ORDER BY e.id LIMIT ${limit}`;
}
