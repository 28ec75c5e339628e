import type pg from 'pg';

type App = { pool: pg.Pool };

export type LeasedTask = {
  id: string;
  lease: string;
  destinationId: string;
  repositoryId: string;
  repositoryName: string;
  sourceRegistryId: string;
  reference: string;
  digest: string | null;
  sequence: string;
  attempts: number;
  uploadDigest: string | null;
  uploadUrl: string | null;
};

/** Renewed while a copy runs. A dead process's tasks are taken over after it. */
export const LEASE_SECONDS = 60;

// Deletions of manifests come last, so that tags go first. The oldest task of each destination is served first, backfills after what
// was pushed, and a paused destination holds up no other.
const TAKE = `
  WITH due AS (
    SELECT c.id FROM replication_destinations d
     CROSS JOIN LATERAL (
       SELECT t.id FROM replication_tasks t
        WHERE t.destination_id = d.id AND t.state <> 'complete' AND t.due_at <= now()
          AND (t.leased_until IS NULL OR t.leased_until <= now())
        ORDER BY t.is_backfill, (t.digest IS NULL AND t.reference LIKE '%:%'), t.queued_at, t.id
        LIMIT greatest(0, $3::int - (
          SELECT count(*) FROM replication_tasks o WHERE o.destination_id = d.id AND o.leased_until > now()))
          FOR UPDATE SKIP LOCKED) c
     WHERE d.paused_until IS NULL OR d.paused_until <= now()
     LIMIT $2::int
  )
  UPDATE replication_tasks t
     SET lease = $1::uuid, leased_until = now() + interval '${LEASE_SECONDS} seconds', attempts = t.attempts + 1
    FROM due, repositories r, registries g
   WHERE t.id = due.id AND r.id = t.repository_id AND g.id = r.registry_id
  RETURNING t.id, t.lease, t.destination_id AS "destinationId", t.repository_id AS "repositoryId", r.name AS "repositoryName",
    g.registry_id AS "sourceRegistryId", t.reference, t.digest, t.sequence, t.attempts,
    t.upload_digest AS "uploadDigest", t.upload_url AS "uploadUrl"`;

export async function takeTasks(
  { pool }: App,
  { lease, limit, perDestination }: { lease: string; limit: number; perDestination: number },
): Promise<LeasedTask[]> {
  const { rows } = await pool.query<LeasedTask>(TAKE, [lease, limit, perDestination]);
  return rows;
}

const RENEW = `
  UPDATE replication_tasks SET leased_until = now() + interval '${LEASE_SECONDS} seconds'
   WHERE id = $1 AND lease = $2 AND leased_until > now() RETURNING sequence`;

/** Returns the task's present sequence, or null if the lease has been lost. */
export async function renewTaskLease({ pool }: App, { id, lease }: LeasedTask): Promise<string | null> {
  const { rows } = await pool.query<{ sequence: string }>(RENEW, [id, lease]);
  return rows[0]?.sequence ?? null;
}

const KEEP_UPLOAD = 'UPDATE replication_tasks SET upload_digest = $3, upload_url = $4 WHERE id = $1 AND lease = $2';

export async function rememberUpload(
  { pool }: App,
  { id, lease }: LeasedTask,
  { digest, url }: { digest: string; url: URL },
): Promise<void> {
  await pool.query(KEEP_UPLOAD, [id, lease, digest, url.href]);
}

export type TaskEnd = {
  state: 'pending' | 'complete' | 'failed';
  code: string | null;
  failure: string | null;
  retrySeconds: number;
};

// A task that has changed meanwhile is due again at once.
const END = `
  UPDATE replication_tasks
     SET lease = NULL, leased_until = NULL,
         state = CASE WHEN sequence = $3 THEN $4::"ReplicationState" ELSE 'pending' END,
         failure_code = CASE WHEN sequence = $3 THEN $5 END, failure = CASE WHEN sequence = $3 THEN $6 END,
         due_at = CASE WHEN sequence = $3 THEN now() + $7::float8 * interval '1 second' ELSE now() END,
         finished_at = CASE WHEN sequence = $3 AND $4 = 'complete' THEN now() END,
         upload_digest = CASE WHEN $4 = 'complete' THEN NULL ELSE upload_digest END,
         upload_url = CASE WHEN $4 = 'complete' THEN NULL ELSE upload_url END
   WHERE id = $1 AND lease = $2`;

export async function endTask({ pool }: App, task: LeasedTask, end: TaskEnd): Promise<void> {
  const values = [task.id, task.lease, task.sequence, end.state, end.code, end.failure, end.retrySeconds];
  await pool.query(END, values);
}

const PAUSE = `
  UPDATE replication_destinations
     SET failures = failures + 1, last_problem = $2,
         paused_until = now() + least(300, 2 ^ least(failures, 9)) * (0.75 + random() / 2) * interval '1 second'
   WHERE id = $1 AND (paused_until IS NULL OR paused_until <= now())`;
const RESUME = `
  UPDATE replication_destinations SET failures = 0, paused_until = NULL, last_problem = NULL
   WHERE id = $1 AND failures > 0`;

/** Lets an unreachable destination rest, for longer each time. */
export async function pauseDestination({ pool }: App, id: string, problem: string): Promise<void> {
  await pool.query(PAUSE, [id, problem]);
}

export async function resumeDestination({ pool }: App, id: string): Promise<void> {
  await pool.query(RESUME, [id]);
}
