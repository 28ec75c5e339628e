import type pg from 'pg';
import type { SqlStatement } from '#lib/platform/pg/run-statement.ts';
import { shownActor } from './shown-actor.sql.ts';
import type { QueuedEvent } from './build-outbound-events.ts';

// The rows of queues are locked in order, so that two changes can't deadlock. A name without its alias matches the pattern.
const QUEUE_EVENTS = `
  WITH happened AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS e (
      nth int, event_id uuid, registry_id bigint, type text, repository text, tag text, digest text, actor_id uuid, actor_label text,
      detail jsonb)
  ), wanted AS MATERIALIZED (
    SELECT w.id AS webhook_id, e.event_id, coalesce(e.repository, '') AS repository
      FROM happened e
      JOIN webhooks w ON w.registry_id = e.registry_id AND w.is_enabled AND e.type = ANY (w.event_types)
     WHERE (w.repository_pattern = '*' OR substring(e.repository FROM '/(.*)') LIKE
              replace(regexp_replace(w.repository_pattern, '([\\\\%_])', '\\\\\\1', 'g'), '*', '%'))
       AND (w.tag_pattern = '*' OR e.tag LIKE
              replace(regexp_replace(w.tag_pattern, '([\\\\%_])', '\\\\\\1', 'g'), '*', '%'))
  ), saved AS (
    INSERT INTO outbound_events (event_id, registry_id, type, repository, tag, digest, actor, detail)
    SELECT event_id, registry_id, type, repository, tag, digest, ${shownActor('e', 'actor_label')}, detail
      FROM happened e WHERE EXISTS (SELECT FROM wanted w WHERE w.event_id = e.event_id) ORDER BY nth
    RETURNING id, event_id
  ), queued AS (
    INSERT INTO webhook_queues AS q (webhook_id, repository, pending)
    SELECT webhook_id, repository, count(*) FROM wanted GROUP BY webhook_id, repository ORDER BY webhook_id, repository
    ON CONFLICT (webhook_id, repository) DO UPDATE SET pending = q.pending + excluded.pending
    RETURNING 1
  ), delivering AS (
    INSERT INTO webhook_deliveries (webhook_id, event_id, repository)
    SELECT w.webhook_id, s.id, w.repository FROM wanted w JOIN saved s USING (event_id) ORDER BY s.id, w.webhook_id
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM queued)::int AS queued, (SELECT count(*) FROM delivering)::int AS deliveries`;

/** Records the events that webhooks ask for, and queues their deliveries. */
export function queueEvents(events: QueuedEvent[]): SqlStatement {
  const rows = events.map(({ eventId, registryKey, actorId, actorLabel, ...event }, nth) => ({
    ...event,
    nth,
    event_id: eventId,
    registry_id: String(registryKey),
    actor_id: actorId,
    actor_label: actorLabel,
  }));
  return { name: 'queue-outbound-events', text: QUEUE_EVENTS, values: [JSON.stringify(rows)] };
}

/** Does the same outside of a transaction. */
export async function queueEventsNow(pool: pg.Pool, events: QueuedEvent[]): Promise<void> {
  await pool.query(queueEvents(events));
}

/** Lists the registries with a webhook that asks for pulls. */
export async function listPullWatchers(pool: pg.Pool): Promise<Set<bigint>> {
  const text = `SELECT DISTINCT registry_id::text AS id FROM webhooks WHERE is_enabled AND 'image.pulled' = ANY (event_types)`;
  const { rows } = await pool.query<{ id: string }>({ name: 'list-pull-watchers', text });
  return new Set(rows.map(({ id }) => BigInt(id)));
}
