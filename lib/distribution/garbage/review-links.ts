// First half of garbage collection: a repository's link to a blob goes when no manifest there names the blob and nobody was
// told of it lately.
//
// The order of the locks is what keeps pushes safe (docs/decisions/0011-garbage-collection.md): the queue's row, then the link,
// and only then, in a statement of its own that sees all that was committed until then, the look whether it is needed. Whoever
// pushes a manifest holds its links FOR SHARE: either that push is seen here, or it waits and then finds no link. Nothing here
// waits: what somebody has locked is looked at another time.
import type pg from 'pg';
import { inTransaction } from '#lib/platform/pg/transaction.ts';

const BATCH = 200;

export type Review = { reviewed: number; kept: number; removed: number };
export type ReviewOptions = {
  /** What was queued, and what was leased, before then. */
  before: Date;
  isDryRun: boolean;
};

type Place = { queuedAt: Date | '-infinity'; repositoryId: string; digest: string };
type DueRow = { repository_id: string; digest: string; queued_at: Date; is_recorded: boolean };
type Key = Pick<DueRow, 'repository_id' | 'digest'>;
type Verdict = 'gone' | 'needed' | 'leased' | 'garbage';
type VerdictRow = Key & { verdict: Verdict };

export async function reviewLinks({ pool }: { pool: pg.Pool }, options: ReviewOptions): Promise<Review> {
  const total = { reviewed: 0, kept: 0, removed: 0 };
  let place: Place | null = { queuedAt: '-infinity', repositoryId: '-1', digest: '' };
  while (place) {
    const after: Place = place;
    const end = options.isDryRun ? 'rollback' : 'commit';
    const batch = await inTransaction(pool, (client) => reviewBatch(client, after, options.before), end);
    for (const key of ['reviewed', 'kept', 'removed'] as const) total[key] += batch[key];
    place = batch.last;
  }
  return total;
}

async function reviewBatch(
  client: pg.PoolClient,
  after: Place,
  before: Date,
): Promise<Review & { last: Place | null }> {
  const due = await takeDue(client, after, before);
  const last = due.at(-1);
  if (!last) return { reviewed: 0, kept: 0, removed: 0, last: null };
  const locked = await lockLinks(client, due);
  const verdicts = await judge(client, due, before);
  const settled = verdicts.filter((row) => row.verdict === 'gone' || locked.has(keyOf(row)));
  const of = (...wanted: Verdict[]) => settled.filter(({ verdict }) => wanted.includes(verdict));
  const garbage = of('garbage');
  await removeLinks(client, garbage, new Set(due.filter((row) => row.is_recorded).map(keyOf)));
  await client.query(
    `DELETE FROM link_reviews USING ${KEYS} WHERE ${matches('link_reviews')}`,
    keys(of('gone', 'needed', 'garbage')),
  );
  // Looked at again when the lease is over.
  await client.query(
    `UPDATE link_reviews SET queued_at = l.leased_at
       FROM ${KEYS} JOIN repository_blobs l ON ${matches('l')} WHERE ${matches('link_reviews')}`,
    keys(of('leased')),
  );
  const next = { queuedAt: last.queued_at, repositoryId: last.repository_id, digest: last.digest };
  return { reviewed: settled.length, kept: of('needed', 'leased').length, removed: garbage.length, last: next };
}

/** Why a link was looked at is passed on to its blob. */
async function removeLinks(client: pg.PoolClient, garbage: Key[], recorded: Set<string>): Promise<void> {
  for (const isRecorded of [false, true]) {
    const links = garbage.filter((row) => recorded.has(keyOf(row)) === isRecorded);
    if (links.length === 0) continue;
    await client.query("SELECT set_config('vitrine.recorded_delete', $1, true)", [isRecorded ? 'on' : 'off']);
    await client.query(`DELETE FROM repository_blobs USING ${KEYS} WHERE ${matches('repository_blobs')}`, keys(links));
  }
}

async function takeDue(client: pg.PoolClient, after: Place, before: Date): Promise<DueRow[]> {
  const { rows } = await client.query<DueRow>(
    `SELECT repository_id, digest, queued_at, is_recorded FROM link_reviews
      WHERE queued_at < $1 AND (queued_at, repository_id, digest) > ($2, $3, $4)
      ORDER BY queued_at, repository_id, digest LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    [before, after.queuedAt, after.repositoryId, after.digest],
  );
  return rows;
}

async function lockLinks(client: pg.PoolClient, due: DueRow[]): Promise<Set<string>> {
  const { rows } = await client.query<Key>(
    `SELECT l.repository_id, l.digest FROM repository_blobs l JOIN ${KEYS} ON ${matches('l')}
      FOR UPDATE OF l SKIP LOCKED`,
    keys(due),
  );
  return new Set(rows.map(keyOf));
}

/** What a mirror has cached is needed until it is evicted: that is upstream/jobs/evict-blobs.ts. */
async function judge(client: pg.PoolClient, due: DueRow[], before: Date): Promise<VerdictRow[]> {
  const { rows } = await client.query<VerdictRow>(
    `SELECT k.repository_id, k.digest,
            CASE WHEN l.digest IS NULL THEN 'gone'
                 WHEN r.upstream_id IS NOT NULL THEN 'needed'
                 WHEN EXISTS (SELECT FROM manifest_blobs e
                               WHERE e.repository_id = k.repository_id AND e.digest = k.digest) THEN 'needed'
                 WHEN l.leased_at >= $3 THEN 'leased'
                 ELSE 'garbage' END AS verdict
       FROM ${KEYS} LEFT JOIN repository_blobs l ON ${matches('l')} LEFT JOIN repositories r ON r.id = k.repository_id`,
    [...keys(due), before],
  );
  return rows;
}

const KEYS = 'unnest($1::bigint[], $2::text[]) AS k (repository_id, digest)';

function matches(table: string): string {
  return `${table}.repository_id = k.repository_id AND ${table}.digest = k.digest`;
}

function keys(rows: Key[]): [string[], string[]] {
  return [rows.map((row) => row.repository_id), rows.map((row) => row.digest)];
}

function keyOf({ repository_id: repositoryId, digest }: Key): string {
  return `${repositoryId} ${digest}`;
}
