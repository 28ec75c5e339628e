import type pg from 'pg';

export type StoredConfiguration = { registryKey: bigint; rules: unknown; enabledAt: Date };

/** Finds the configuration of a repository's registry. Prepared, because each indexing of a repository asks for it. */
export async function findConfiguration(
  { pool }: { pool: pg.Pool },
  repositoryId: bigint,
): Promise<StoredConfiguration | null> {
  const text = `
    SELECT c.registry_id::text AS "registryId", c.rules, c.enabled_at AS "enabledAt"
      FROM repositories r JOIN replication_configurations c ON c.registry_id = r.registry_id WHERE r.id = $1`;
  const { rows } = await pool.query<{ registryId: string; rules: unknown; enabledAt: Date }>({
    name: 'find-replication-configuration',
    text,
    values: [String(repositoryId)],
  });
  const [row] = rows;
  return row ? { registryKey: BigInt(row.registryId), rules: row.rules, enabledAt: row.enabledAt } : null;
}

export type TaskPlanInput = {
  destinationId: bigint;
  repositoryId: bigint;
  /** Tags that the rules cover. Null: all, and untagged images. */
  tags: string[] | null;
  /** Only what was pushed or restored since then. Null: everything. */
  since: Date | null;
  deletes: boolean;
};

/**
 * What arrived by replication isn't sent on. The children of an index have tasks of their own, so that each has a status.
 * A task whose image is at the destination already stays as it is.
 */
const ADD = `
  WITH wanted AS (
    SELECT t.name AS reference, m.digest
      FROM tags t JOIN manifests m ON m.id = t.manifest_id
     WHERE t.repository_id = $2 AND ($3::text[] IS NULL OR t.name = ANY ($3)) AND NOT m.is_archived
       AND ($4::timestamptz IS NULL OR greatest(t.pushed_at, m.activated_at) >= $4)
       AND NOT EXISTS (SELECT FROM manifest_origins o WHERE o.manifest_id = m.id)
    UNION ALL
    SELECT m.digest, m.digest
      FROM manifests m
     WHERE m.repository_id = $2 AND NOT m.is_archived
       AND ($3::text[] IS NULL OR EXISTS (SELECT FROM tags t WHERE t.manifest_id = m.id AND t.name = ANY ($3)))
       AND ($4::timestamptz IS NULL OR greatest(m.pushed_at, m.activated_at) >= $4
            OR EXISTS (SELECT FROM tags t WHERE t.manifest_id = m.id AND t.pushed_at >= $4))
       AND NOT EXISTS (SELECT FROM manifest_origins o WHERE o.manifest_id = m.id)
  )
  INSERT INTO replication_tasks AS task (destination_id, repository_id, reference, digest)
  SELECT $1::bigint, $2::bigint, reference, digest FROM wanted
  ON CONFLICT (destination_id, repository_id, reference) DO UPDATE
    SET digest = excluded.digest, sequence = task.sequence + 1, state = 'pending', failure_code = NULL, failure = NULL,
        attempts = 0, due_at = now(), queued_at = now(), finished_at = NULL, is_backfill = false
    WHERE task.digest IS DISTINCT FROM excluded.digest`;

/** Also for what was never copied, so that an earlier copy in progress is undone. */
const DELETE = `
  UPDATE replication_tasks task
     SET digest = NULL, sequence = sequence + 1, state = 'pending', failure_code = NULL, failure = NULL, attempts = 0,
         due_at = now(), queued_at = now(), finished_at = NULL
   WHERE destination_id = $1 AND repository_id = $2 AND digest IS NOT NULL
     AND NOT EXISTS (SELECT FROM tags t WHERE t.repository_id = $2 AND t.name = task.reference)
     AND NOT EXISTS (SELECT FROM manifests m WHERE m.repository_id = $2 AND m.digest = task.reference)`;

/** Without replicated deletions, a task for what is gone has nothing left to do. */
const DROP = `
  DELETE FROM replication_tasks task
   WHERE destination_id = $1 AND repository_id = $2 AND state <> 'complete'
     AND NOT EXISTS (SELECT FROM tags t WHERE t.repository_id = $2 AND t.name = task.reference)
     AND NOT EXISTS (SELECT FROM manifests m WHERE m.repository_id = $2 AND m.digest = task.reference)`;

/** Compares a repository with its tasks for a destination, and queues what differs. Returns how many tasks are due. */
export async function planTasks({ pool }: { pool: pg.Pool }, input: TaskPlanInput): Promise<number> {
  const { destinationId, repositoryId, tags, since, deletes } = input;
  const added = await pool.query(ADD, [destinationId, repositoryId, tags, since]);
  const ended = await pool.query(deletes ? DELETE : DROP, [destinationId, repositoryId]);
  return (added.rowCount ?? 0) + (deletes ? (ended.rowCount ?? 0) : 0);
}
