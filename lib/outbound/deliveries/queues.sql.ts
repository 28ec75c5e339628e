import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** A queue that this worker leases: nobody else delivers from it. */
export type LeasedQueue = {
  webhookId: string;
  repository: string;
  lease: string;
  /** Failures since the last success. */ attempts: number;
};

/** Longer than a worker takes between two renewals (deliver-queue.ts). */
const LEASE_SECONDS = 60;
/** At once, so that a slow receiver leaves room for others. */
const QUEUES_PER_WEBHOOK = 4;

const CLAIM = `
  WITH due AS MATERIALIZED (
    SELECT DISTINCT q.webhook_id FROM webhook_queues q JOIN webhooks w ON w.id = q.webhook_id AND w.is_enabled
     WHERE q.pending > 0 AND q.due_at <= clock_timestamp() AND (q.leased_until IS NULL OR q.leased_until < clock_timestamp())
  ), claimed AS MATERIALIZED (
    SELECT c.webhook_id, c.repository
      FROM due
     CROSS JOIN LATERAL (
       SELECT q.webhook_id, q.repository FROM webhook_queues q
        WHERE q.webhook_id = due.webhook_id AND q.pending > 0 AND q.due_at <= clock_timestamp()
          AND (q.leased_until IS NULL OR q.leased_until < clock_timestamp())
        ORDER BY q.due_at
        LIMIT greatest(0, ${QUEUES_PER_WEBHOOK} - (
          SELECT count(*) FROM webhook_queues b WHERE b.webhook_id = due.webhook_id AND b.leased_until >= clock_timestamp()))
          FOR UPDATE SKIP LOCKED) c
     LIMIT $1::int
  )
  UPDATE webhook_queues q SET lease = $2::uuid, leased_until = clock_timestamp() + interval '${LEASE_SECONDS} seconds'
    FROM claimed c WHERE q.webhook_id = c.webhook_id AND q.repository = c.repository
  RETURNING q.webhook_id::text AS "webhookId", q.repository, q.lease::text AS lease, q.attempts`;

/** Leases at most `limit` queues that have something to deliver. */
export async function claimQueues(pool: pg.Pool, limit: number): Promise<LeasedQueue[]> {
  const values = [limit, randomUUID()];
  return (await pool.query<LeasedQueue>({ name: 'claim-webhook-queues', text: CLAIM, values })).rows;
}

export type PendingDelivery = {
  id: string;
  createdAt: Date;
  eventId: string;
  at: Date;
  type: string;
  fullName: string | null;
  tag: string | null;
  digest: string | null;
  actor: string;
  detail: Record<string, unknown>;
};

/** Reads the oldest pending deliveries of a queue. */
export async function readPending(pool: pg.Pool, queue: LeasedQueue, limit: number): Promise<PendingDelivery[]> {
  const text = `
    SELECT d.id::text, d.created_at AS "createdAt", e.event_id::text AS "eventId", e.at, e.type, e.repository AS "fullName", e.tag,
           e.digest, e.actor, e.detail
      FROM webhook_deliveries d JOIN outbound_events e ON e.id = d.event_id
     WHERE d.webhook_id = $1::bigint AND d.repository = $2 AND d.status = 'pending' ORDER BY d.id LIMIT $3`;
  const values = [queue.webhookId, queue.repository, limit];
  return (await pool.query<PendingDelivery>({ name: 'read-pending-deliveries', text, values })).rows;
}

export type DeliveryAttempt = {
  id: string;
  isDelivered: boolean;
  format: string;
  responseStatus: number | null;
  responseBody: string | null;
  problem: string | null;
  elapsedMs: number;
};

export type Settlement = {
  attempts: DeliveryAttempt[];
  /** Null: the queue stays leased. 0: others may take it at once. */
  pauseSeconds: number | null;
  hasFailed: boolean;
};

const SETTLE = `
  WITH held AS MATERIALIZED (
    SELECT 1 FROM webhook_queues WHERE webhook_id = $2::bigint AND repository = $3 AND lease = $4::uuid FOR UPDATE
  ), saved AS (
    UPDATE webhook_deliveries d
       SET status = CASE WHEN a."isDelivered" THEN 'delivered' ELSE d.status END, attempts = d.attempts + 1,
           attempted_at = clock_timestamp(), format = a.format, response_status = a."responseStatus",
           response_body = a."responseBody", problem = a.problem, elapsed_ms = a."elapsedMs"
      FROM jsonb_to_recordset($1::jsonb) AS a (
        id bigint, "isDelivered" boolean, format text, "responseStatus" int, "responseBody" text, problem text, "elapsedMs" int)
     WHERE d.id = a.id AND d.status = 'pending' AND EXISTS (SELECT 1 FROM held)
    RETURNING a."isDelivered" AS is_delivered
  )
  UPDATE webhook_queues q
     SET pending = q.pending - (SELECT count(*) FROM saved WHERE is_delivered)::int,
         attempts = CASE WHEN NOT $5::boolean AND NOT EXISTS (SELECT 1 FROM saved) THEN q.attempts
                         ELSE CASE WHEN EXISTS (SELECT 1 FROM saved WHERE is_delivered) THEN 0 ELSE q.attempts END + $5::boolean::int END,
         due_at = CASE WHEN $6::float8 IS NULL THEN q.due_at ELSE clock_timestamp() + $6::float8 * interval '1 second' END,
         lease = CASE WHEN $6::float8 IS NULL THEN q.lease END,
         leased_until = CASE WHEN $6::float8 IS NULL THEN clock_timestamp() + interval '${LEASE_SECONDS} seconds' END
   WHERE q.webhook_id = $2::bigint AND q.repository = $3 AND q.lease = $4::uuid`;

/** Saves attempts, and renews or ends the lease. Returns false if another worker has the queue, and saves nothing then. */
export async function settleQueue(
  pool: pg.Pool,
  { webhookId, repository, lease }: LeasedQueue,
  { attempts, pauseSeconds, hasFailed }: Settlement,
): Promise<boolean> {
  const values = [JSON.stringify(attempts), webhookId, repository, lease, hasFailed, pauseSeconds];
  const { rowCount } = await pool.query({ name: 'settle-webhook-queue', text: SETTLE, values });
  return rowCount === 1;
}

/** Gives up what has been pending for longer than `days`: of one webhook, or of all that are disabled. Returns their number. */
export async function giveUpDeliveries(
  pool: pg.Pool,
  { webhookId, days }: { webhookId: string | null; days: number },
): Promise<number> {
  const text = `
    WITH queues AS MATERIALIZED (
      SELECT q.webhook_id, q.repository FROM webhook_queues q JOIN webhooks w ON w.id = q.webhook_id
       WHERE q.pending > 0 AND CASE WHEN $1::bigint IS NULL THEN NOT w.is_enabled ELSE w.id = $1::bigint END
       ORDER BY q.webhook_id, q.repository FOR UPDATE OF q
    ), given_up AS (
      UPDATE webhook_deliveries d SET status = 'given_up' FROM queues q
       WHERE d.webhook_id = q.webhook_id AND d.repository = q.repository AND d.status = 'pending'
         AND d.created_at < clock_timestamp() - $2::int * interval '1 day'
      RETURNING d.webhook_id, d.repository
    ), counted AS (SELECT webhook_id, repository, count(*)::int AS count FROM given_up GROUP BY 1, 2
    ), lowered AS (
      UPDATE webhook_queues q SET pending = q.pending - c.count FROM counted c
       WHERE q.webhook_id = c.webhook_id AND q.repository = c.repository)
    SELECT coalesce(sum(count), 0)::int AS count FROM counted`;
  const { rows } = await pool.query<{ count: number }>({ name: 'give-up-deliveries', text, values: [webhookId, days] });
  return rows[0]?.count ?? 0;
}

/** Returns the number of pending deliveries, and the age of the oldest one that an enabled webhook waits for. */
export async function readBacklog(pool: pg.Pool): Promise<{ pending: number; lagSeconds: number }> {
  const text = `
    SELECT coalesce(sum(q.pending), 0)::int AS pending,
           coalesce(extract(epoch FROM clock_timestamp() - min(o.created_at)), 0)::float8 AS "lagSeconds"
      FROM webhook_queues q JOIN webhooks w ON w.id = q.webhook_id AND w.is_enabled
      LEFT JOIN LATERAL (
        SELECT d.created_at FROM webhook_deliveries d
         WHERE d.webhook_id = q.webhook_id AND d.repository = q.repository AND d.status = 'pending' ORDER BY d.id LIMIT 1) o ON true
     WHERE q.pending > 0`;
  const { rows } = await pool.query<{ pending: number; lagSeconds: number }>(text);
  return rows[0] ?? { pending: 0, lagSeconds: 0 };
}

/** Deletes events older than `days` without pending deliveries, with their deliveries. Returns how many, at most `limit`. */
export async function deleteOldEvents(
  pool: pg.Pool,
  { days, limit }: { days: number; limit: number },
): Promise<number> {
  const text = `
    DELETE FROM outbound_events WHERE id IN (
      SELECT e.id FROM (SELECT id, at FROM outbound_events ORDER BY id LIMIT $2) e
       WHERE e.at < clock_timestamp() - $1::int * interval '1 day'
         AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = e.id AND d.status = 'pending'))`;
  return (await pool.query(text, [days, limit])).rowCount ?? 0;
}

/** Deletes queues that have been empty for a day. */
export async function deleteIdleQueues(pool: pg.Pool): Promise<void> {
  await pool.query(
    `DELETE FROM webhook_queues WHERE pending = 0 AND lease IS NULL AND due_at < clock_timestamp() - interval '1 day'`,
  );
}
