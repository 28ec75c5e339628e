// First half of garbage collection: deletes a repository's link to a blob once no manifest there references the blob
// and its lease has expired.
//
// The lock order keeps pushes safe (docs/decisions/0011-garbage-collection.md). Lock the review, then the link. Only
// then check for references, in a separate statement that sees everything committed so far. A manifest push locks its
// links FOR SHARE. Either this check sees that push, or the push waits and finds the link gone. Garbage collection
// never waits. It skips locked rows and reviews them later.
import type pg from 'pg';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import {
  deleteLinks,
  judgeLinks,
  lockLinks,
  postponeReviews,
  settleReviews,
  takeDueLinks,
  type LinkKey,
  type LinkPlace,
  type LinkVerdict,
} from './review-links.sql.ts';

const BATCH = 200;

export type Review = { reviewed: number; kept: number; removed: number };
export type ReviewOptions = {
  /** Reviews only rows queued before this time. Links leased and bytes stored since then are kept. */
  before: Date;
  isDryRun: boolean;
};

export async function reviewLinks({ pool }: { pool: pg.Pool }, options: ReviewOptions): Promise<Review> {
  const total = { reviewed: 0, kept: 0, removed: 0 };
  let place: LinkPlace | null = { queuedAt: '-infinity', repositoryId: '-1', digest: '' };
  while (place) {
    const after: LinkPlace = place;
    const end = options.isDryRun ? 'rollback' : 'commit';
    const batch = await inTransaction(pool, (client) => reviewBatch(client, after, options.before), { end });
    for (const key of ['reviewed', 'kept', 'removed'] as const) total[key] += batch[key];
    place = batch.last;
  }
  return total;
}

async function reviewBatch(
  client: pg.PoolClient,
  after: LinkPlace,
  before: Date,
): Promise<Review & { last: LinkPlace | null }> {
  const due = await takeDueLinks(client, { after, before, limit: BATCH });
  const last = due.at(-1);
  if (!last) return { reviewed: 0, kept: 0, removed: 0, last: null };
  const locked = new Set((await lockLinks(client, due)).map(keyOf));
  const verdicts = await judgeLinks(client, due, before);
  const settled = verdicts.filter((row) => row.verdict === 'gone' || locked.has(keyOf(row)));
  const of = (...wanted: LinkVerdict[]) => settled.filter(({ verdict }) => wanted.includes(verdict));
  const garbage = of('garbage');
  await removeLinks(client, garbage, new Set(due.filter((row) => row.is_recorded).map(keyOf)));
  await settleReviews(client, of('gone', 'needed', 'garbage'));
  // Reviewed again once the lease expires.
  await postponeReviews(client, of('leased'));
  const next = { queuedAt: last.queued_at, repositoryId: last.repository_id, digest: last.digest };
  return { reviewed: settled.length, kept: of('needed', 'leased').length, removed: garbage.length, last: next };
}

/** Deletes links and passes the reason for the review on to their blobs. */
async function removeLinks(client: pg.PoolClient, garbage: LinkKey[], recorded: Set<string>): Promise<void> {
  for (const isRecorded of [false, true]) {
    const links = garbage.filter((row) => recorded.has(keyOf(row)) === isRecorded);
    if (links.length === 0) continue;
    await deleteLinks(client, links, { isRecorded });
  }
}

function keyOf({ repository_id: repositoryId, digest }: LinkKey): string {
  return `${repositoryId} ${digest}`;
}
