// The rows of backfills, on one connection of pg or on its pool.
import type pg from 'pg';

/** Repositories queued in one transaction. */
const CHUNK = 20;

export type PreparingBackfill = { id: string; registryKey: string; destinationId: string | null; repositories: Chunk };
type Chunk = { id: string; name: string }[];

const TAKE = `
  SELECT id, registry_id AS "registryKey", destination_id AS "destinationId", last_repository_id AS "after"
    FROM replication_backfills WHERE state = 'preparing' ORDER BY started_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`;
const CHUNK_AFTER = `
  SELECT id, name FROM repositories WHERE registry_id = $1 AND id > $2 AND upstream_id IS NULL ORDER BY id LIMIT ${CHUNK}`;

/** Locks a backfill that nobody else prepares, with the repositories that are next. */
export async function takePreparing(tx: pg.ClientBase): Promise<PreparingBackfill | null> {
  const { rows } = await tx.query<Omit<PreparingBackfill, 'repositories'> & { after: string }>(TAKE);
  const [row] = rows;
  if (!row) return null;
  const repositories = await tx.query<{ id: string; name: string }>(CHUNK_AFTER, [row.registryKey, row.after]);
  return { ...row, repositories: repositories.rows };
}

/**
 * What is at the destination already is looked at again, which repairs it. A task that is pending anyway stays as it is. The result lists
 * no manifests of indexes, whose copies are part of the index's.
 */
const QUEUE = `
  WITH wanted AS (
    SELECT t.name AS reference, m.digest, true AS is_listed
      FROM tags t JOIN manifests m ON m.id = t.manifest_id
     WHERE t.repository_id = $2 AND ($3::text[] IS NULL OR t.name = ANY ($3)) AND NOT m.is_archived
       AND NOT EXISTS (SELECT FROM manifest_origins o WHERE o.manifest_id = m.id)
    UNION ALL
    SELECT m.digest, m.digest,
           NOT EXISTS (SELECT FROM tags t WHERE t.manifest_id = m.id)
             AND NOT EXISTS (SELECT FROM manifest_children c JOIN manifests p ON p.id = c.parent_id
                              WHERE c.digest = m.digest AND p.repository_id = $2)
      FROM manifests m
     WHERE m.repository_id = $2 AND NOT m.is_archived
       AND ($3::text[] IS NULL OR EXISTS (SELECT FROM tags t WHERE t.manifest_id = m.id AND t.name = ANY ($3)))
       AND NOT EXISTS (SELECT FROM manifest_origins o WHERE o.manifest_id = m.id)
  ), queued AS (
    INSERT INTO replication_tasks AS task (destination_id, repository_id, reference, digest, is_backfill)
    SELECT $1::bigint, $2::bigint, reference, digest, true FROM wanted
    ON CONFLICT (destination_id, repository_id, reference) DO UPDATE
      SET digest = excluded.digest, sequence = task.sequence + 1, state = 'pending', failure_code = NULL, failure = NULL,
          attempts = 0, due_at = now(), queued_at = now(), is_backfill = true
      WHERE task.state <> 'pending' OR task.digest IS DISTINCT FROM excluded.digest
  )
  INSERT INTO replication_backfill_images (backfill_id, repository_id, repository_name, reference, digest)
  SELECT $4::uuid, $2::bigint, $5, reference, digest FROM wanted WHERE is_listed ORDER BY reference`;

export type QueuedRepository = {
  backfillId: string;
  destinationId: string;
  repository: { id: string; name: string };
  /** Tags that the rules cover. Null: all, and untagged images. */
  tags: string[] | null;
};

export async function queueRepository(
  tx: pg.ClientBase,
  { backfillId, destinationId, repository, tags }: QueuedRepository,
): Promise<void> {
  await tx.query(QUEUE, [destinationId, repository.id, tags, backfillId, repository.name]);
}

const ADVANCE = `
  UPDATE replication_backfills
     SET last_repository_id = coalesce($2, last_repository_id), state = CASE WHEN $3::boolean THEN 'in_progress' ELSE state END
   WHERE id = $1`;

export async function saveProgress(tx: pg.ClientBase, { id, repositories }: PreparingBackfill): Promise<void> {
  await tx.query(ADVANCE, [id, repositories.at(-1)?.id ?? null, repositories.length < CHUNK]);
}

const FAIL = `
  UPDATE replication_backfills SET state = 'failed', failure_code = $2, ended_at = now()
   WHERE id = $1 AND state IN ('preparing', 'in_progress')`;

export async function failBackfill(tx: pg.ClientBase, id: string, code: string): Promise<void> {
  await tx.query(FAIL, [id, code]);
}

/** An image that is gone has no task any more. */
const OUTCOME = `
  UPDATE replication_backfill_images i
     SET state = coalesce(t.state, 'failed'), failure_code = CASE WHEN t.state IS NULL THEN 'ImageNotFound' ELSE t.failure_code END
    FROM replication_backfill_images same
    LEFT JOIN replication_tasks t
      ON t.destination_id = $2 AND t.repository_id = same.repository_id AND t.reference = same.reference
   WHERE same.backfill_id = $1 AND i.backfill_id = $1 AND i.position = same.position
     AND (t.state IS NULL OR t.state <> 'pending')`;

/** Keeps what became of the images, because their tasks live on. */
async function saveOutcome(tx: pg.ClientBase, { id, destinationId }: { id: string; destinationId: string }) {
  await tx.query(OUTCOME, [id, destinationId]);
}

const FINISHED = `
  SELECT b.id, b.destination_id AS "destinationId" FROM replication_backfills b
   WHERE b.state = 'in_progress' AND NOT EXISTS (
     SELECT FROM replication_backfill_images i JOIN replication_tasks t
         ON t.destination_id = b.destination_id AND t.repository_id = i.repository_id AND t.reference = i.reference
      WHERE i.backfill_id = b.id AND t.state = 'pending')
   LIMIT 1 FOR UPDATE OF b SKIP LOCKED`;
const COMPLETE = `UPDATE replication_backfills SET state = 'complete', ended_at = now() WHERE id = $1`;

/** Ends a backfill that has nothing left to copy. Returns whether there was one. */
export async function endFinished(tx: pg.ClientBase): Promise<boolean> {
  const { rows } = await tx.query<{ id: string; destinationId: string | null }>(FINISHED);
  const [row] = rows;
  if (!row) return false;
  const { id, destinationId } = row;
  if (destinationId === null) await failBackfill(tx, id, 'DestinationNotFound');
  else {
    await saveOutcome(tx, { id, destinationId });
    await tx.query(COMPLETE, [id]);
  }
  return true;
}

const STOP = `
  UPDATE replication_backfills SET state = 'stopped', ended_at = now() WHERE id = $1 AND state IN ('preparing', 'in_progress')`;
// What was at the destination before counts as copied again. The others were never asked for otherwise.
const RESTORE = `
  UPDATE replication_tasks SET state = 'complete', is_backfill = false
   WHERE destination_id = $1 AND state = 'pending' AND is_backfill AND finished_at IS NOT NULL
     AND (leased_until IS NULL OR leased_until <= now())`;
const FORGET = `
  DELETE FROM replication_tasks
   WHERE destination_id = $1 AND state = 'pending' AND is_backfill AND (leased_until IS NULL OR leased_until <= now())`;

/** Stops a backfill. Copies that are being made go on. Returns false if it has ended. */
export async function stopRows(
  tx: pg.ClientBase,
  { id, destinationId }: { id: string; destinationId: bigint | null },
): Promise<boolean> {
  const { rowCount } = await tx.query(STOP, [id]);
  if (rowCount === 0) return false;
  if (destinationId === null) return true;
  await saveOutcome(tx, { id, destinationId: String(destinationId) });
  await tx.query(RESTORE, [destinationId]);
  await tx.query(FORGET, [destinationId]);
  return true;
}

export type BackfillProgress = { total: number; completed: number; failed: number; failureCodes: string[] };

const COUNT = `
  SELECT i.backfill_id::text AS id, count(*)::int AS total,
         count(*) FILTER (WHERE coalesce(i.state, t.state) = 'complete')::int AS completed,
         count(*) FILTER (WHERE coalesce(i.state, t.state) = 'failed')::int AS failed,
         coalesce(array_agg(DISTINCT coalesce(i.failure_code, t.failure_code))
           FILTER (WHERE coalesce(i.state, t.state) = 'failed' AND coalesce(i.failure_code, t.failure_code) IS NOT NULL), '{}') AS "failureCodes"
    FROM replication_backfill_images i
    JOIN replication_backfills b ON b.id = i.backfill_id
    LEFT JOIN replication_tasks t ON i.state IS NULL AND b.state IN ('preparing', 'in_progress')
      AND t.destination_id = b.destination_id AND t.repository_id = i.repository_id AND t.reference = i.reference
   WHERE i.backfill_id = ANY ($1::uuid[])
   GROUP BY i.backfill_id`;

export async function countProgress(pool: pg.Pool, ids: string[]): Promise<Map<string, BackfillProgress>> {
  const { rows } = await pool.query<BackfillProgress & { id: string }>(COUNT, [ids]);
  return new Map(rows.map(({ id, ...progress }) => [id, progress]));
}

export type BackfillResult = {
  position: string;
  repositoryName: string;
  reference: string;
  digest: string;
  state: 'complete' | 'failed';
  failureCode: string | null;
};

const RESULTS = `
  SELECT i.position::text, i.repository_name AS "repositoryName", i.reference, i.digest, coalesce(i.state, t.state) AS state,
         coalesce(i.failure_code, t.failure_code) AS "failureCode"
    FROM replication_backfill_images i
    JOIN replication_backfills b ON b.id = i.backfill_id
    LEFT JOIN replication_tasks t ON i.state IS NULL AND b.state IN ('preparing', 'in_progress')
      AND t.destination_id = b.destination_id AND t.repository_id = i.repository_id AND t.reference = i.reference
   WHERE i.backfill_id = $1 AND i.position > $2 AND coalesce(i.state, t.state) IN ('complete', 'failed')
     AND ($3::text IS NULL OR coalesce(i.state, t.state)::text = $3)
   ORDER BY i.position LIMIT $4`;

export async function listResultRows(
  pool: pg.Pool,
  { id, after, state, limit }: { id: string; after: string; state: 'complete' | 'failed' | null; limit: number },
): Promise<BackfillResult[]> {
  return (await pool.query<BackfillResult>(RESULTS, [id, after, state, limit])).rows;
}
