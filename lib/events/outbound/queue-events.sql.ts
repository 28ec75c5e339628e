import type pg from 'pg';
import type { SqlStatement } from '#lib/platform/pg/run-statement.ts';
import type { OutboundEvent } from './build-outbound-events.ts';

// The rows of queues are locked in order, so that two changes can't deadlock. A name without its alias matches the pattern.
const QUEUE_EVENTS = `
  WITH happened AS (
    INSERT INTO outbound_events (event_id, registry_id, type, repository, tag, digest, actor, detail)
    SELECT event_id, registry_id, type, repository, tag, digest, actor, detail
      FROM jsonb_to_recordset($1::jsonb) AS e (
        event_id uuid, registry_id bigint, type text, repository text, tag text, digest text, actor text, detail jsonb)
    RETURNING id, registry_id, type, repository, tag
  ), wanted AS MATERIALIZED (
    SELECT w.id AS webhook_id, e.id AS event_id, coalesce(e.repository, '') AS repository
      FROM happened e
      JOIN webhooks w ON w.registry_id = e.registry_id AND w.is_enabled AND e.type = ANY (w.event_types)
     WHERE (w.repository_pattern = '*' OR substring(e.repository FROM '/(.*)') LIKE
              replace(regexp_replace(w.repository_pattern, '([\\\\%_])', '\\\\\\1', 'g'), '*', '%'))
       AND (w.tag_pattern = '*' OR e.tag LIKE
              replace(regexp_replace(w.tag_pattern, '([\\\\%_])', '\\\\\\1', 'g'), '*', '%'))
  ), queued AS (
    INSERT INTO webhook_queues AS q (webhook_id, repository, pending)
    SELECT webhook_id, repository, count(*) FROM wanted GROUP BY webhook_id, repository ORDER BY webhook_id, repository
    ON CONFLICT (webhook_id, repository) DO UPDATE SET pending = q.pending + excluded.pending
    RETURNING 1
  ), delivering AS (
    INSERT INTO webhook_deliveries (webhook_id, event_id, repository)
    SELECT webhook_id, event_id, repository FROM wanted ORDER BY event_id, webhook_id
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM queued)::int AS queued, (SELECT count(*) FROM delivering)::int AS deliveries`;

/** Records the events, and queues a delivery to each webhook that asks for them. */
export function queueEvents(events: OutboundEvent[]): SqlStatement {
  const rows = events.map(({ eventId, registryKey, ...event }) => ({
    ...event,
    event_id: eventId,
    registry_id: String(registryKey),
  }));
  return { name: 'queue-outbound-events', text: QUEUE_EVENTS, values: [JSON.stringify(rows)] };
}

/** Does the same outside of a transaction. */
export async function queueEventsNow(pool: pg.Pool, events: OutboundEvent[]): Promise<void> {
  await pool.query(queueEvents(events));
}

/** Lists the registries with a webhook that asks for pulls. */
export async function listPullWatchers(pool: pg.Pool): Promise<Set<bigint>> {
  const text = `SELECT DISTINCT registry_id::text AS id FROM webhooks WHERE is_enabled AND 'image.pulled' = ANY (event_types)`;
  const { rows } = await pool.query<{ id: string }>({ name: 'list-pull-watchers', text });
  return new Set(rows.map(({ id }) => BigInt(id)));
}
