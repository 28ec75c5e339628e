import type pg from 'pg';

type App = { pool: pg.Pool };

export type CopiedReference = {
  id: string;
  sequence: string;
  repositoryName: string;
  reference: string;
  digest: string;
};

// A tag that is immutable at the destination belongs to another image there.
const LIST = `
  SELECT t.id, t.sequence, r.name AS "repositoryName", t.reference, t.digest
    FROM replication_tasks t JOIN repositories r ON r.id = t.repository_id
   WHERE t.destination_id = $1 AND t.id > $2 AND t.state = 'complete' AND t.digest IS NOT NULL AND t.failure_code IS NULL
   ORDER BY t.id LIMIT $3`;

/** Lists what was copied to a destination, after a task. */
export async function listCopied(
  { pool }: App,
  { destinationId, after, limit }: { destinationId: bigint; after: bigint; limit: number },
): Promise<CopiedReference[]> {
  return (await pool.query<CopiedReference>(LIST, [destinationId, after, limit])).rows;
}

const COPY_AGAIN = `
  UPDATE replication_tasks t
     SET state = 'pending', sequence = t.sequence + 1, attempts = 0, due_at = now(), queued_at = now(), is_backfill = true
    FROM unnest($1::bigint[], $2::bigint[]) AS drifted (id, sequence)
   WHERE t.id = drifted.id AND t.sequence = drifted.sequence AND t.state = 'complete'`;

/** Queues copies again, unless they have changed meanwhile. Returns how many. */
export async function copyAgain({ pool }: App, drifted: readonly CopiedReference[]): Promise<number> {
  const values = [drifted.map(({ id }) => id), drifted.map(({ sequence }) => sequence)];
  return (await pool.query(COPY_AGAIN, values)).rowCount ?? 0;
}
