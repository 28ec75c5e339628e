import type pg from 'pg';

/** `repository_id` is an integer. */
export type DueLink = { repository_id: string; digest: string; queued_at: Date; is_recorded: boolean };
export type LinkKey = Pick<DueLink, 'repository_id' | 'digest'>;
export type LinkPlace = { queuedAt: Date | '-infinity'; repositoryId: string; digest: string };
export type LinkVerdict = 'gone' | 'needed' | 'leased' | 'garbage';

const KEYS = 'unnest($1::bigint[], $2::text[]) AS k (repository_id, digest)';

function matches(table: string): string {
  return `${table}.repository_id = k.repository_id AND ${table}.digest = k.digest`;
}

function keys(rows: LinkKey[]): [string[], string[]] {
  return [rows.map((row) => row.repository_id), rows.map((row) => row.digest)];
}

/** Locks the next reviews that were queued before a time. Skips locked ones. */
export async function takeDueLinks(
  tx: pg.ClientBase,
  { after, before, limit }: { after: LinkPlace; before: Date; limit: number },
): Promise<DueLink[]> {
  const { rows } = await tx.query<DueLink>(
    `SELECT repository_id, digest, queued_at, is_recorded FROM link_reviews
      WHERE queued_at < $1 AND (queued_at, repository_id, digest) > ($2, $3, $4)
      ORDER BY queued_at, repository_id, digest LIMIT $5 FOR UPDATE SKIP LOCKED`,
    [before, after.queuedAt, after.repositoryId, after.digest, limit],
  );
  return rows;
}

/** Locks links and returns them, except those that are already locked. */
export async function lockLinks(tx: pg.ClientBase, links: LinkKey[]): Promise<LinkKey[]> {
  const { rows } = await tx.query<LinkKey>(
    `SELECT l.repository_id, l.digest FROM repository_blobs l JOIN ${KEYS} ON ${matches('l')}
      FOR UPDATE OF l SKIP LOCKED`,
    keys(links),
  );
  return rows;
}

/**
 * Decides what happens to each link. A mirror's cached content is needed until it is evicted
 * (upstream/jobs/evict-blobs.ts).
 */
export async function judgeLinks(
  tx: pg.ClientBase,
  links: LinkKey[],
  leasedSince: Date,
): Promise<(LinkKey & { verdict: LinkVerdict })[]> {
  const { rows } = await tx.query<LinkKey & { verdict: LinkVerdict }>(
    `SELECT k.repository_id, k.digest,
            CASE WHEN l.digest IS NULL THEN 'gone'
                 WHEN r.upstream_id IS NOT NULL THEN 'needed'
                 WHEN EXISTS (SELECT FROM manifest_blobs e
                               WHERE e.repository_id = k.repository_id AND e.digest = k.digest) THEN 'needed'
                 WHEN l.leased_at >= $3 THEN 'leased'
                 ELSE 'garbage' END AS verdict
       FROM ${KEYS} LEFT JOIN repository_blobs l ON ${matches('l')} LEFT JOIN repositories r ON r.id = k.repository_id`,
    [...keys(links), leasedSince],
  );
  return rows;
}

/** Deletes links, and queues their blobs for review with the same `isRecorded`. */
export async function deleteLinks(
  tx: pg.ClientBase,
  links: LinkKey[],
  { isRecorded }: { isRecorded: boolean },
): Promise<void> {
  await tx.query("SELECT set_config('vitrine.recorded_delete', $1, true)", [isRecorded ? 'on' : 'off']);
  await tx.query(`DELETE FROM repository_blobs USING ${KEYS} WHERE ${matches('repository_blobs')}`, keys(links));
}

export async function settleReviews(tx: pg.ClientBase, links: LinkKey[]): Promise<void> {
  await tx.query(`DELETE FROM link_reviews USING ${KEYS} WHERE ${matches('link_reviews')}`, keys(links));
}

/** Requeues links at the time of their lease. */
export async function postponeReviews(tx: pg.ClientBase, links: LinkKey[]): Promise<void> {
  await tx.query(
    `UPDATE link_reviews SET queued_at = l.leased_at
       FROM ${KEYS} JOIN repository_blobs l ON ${matches('l')} WHERE ${matches('link_reviews')}`,
    keys(links),
  );
}
