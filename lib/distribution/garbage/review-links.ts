// First half of garbage collection: a repository's link to a blob goes when no manifest there names the blob and nobody was
// told of it lately.
//
// The order of the locks is what keeps pushes safe (docs/decisions/0011-garbage-collection.md): the queue's row, then the link,
// and only then, in a statement of its own that sees all that was committed until then, the look whether it is needed. Whoever
// pushes a manifest holds its links FOR SHARE: either that push is seen here, or it waits and then finds no link. Nothing here
// waits: what somebody has locked is looked at another time.
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
  /** What was queued, and what was leased, before then. */
  before: Date;
  isDryRun: boolean;
};

export async function reviewLinks({ pool }: { pool: pg.Pool }, options: ReviewOptions): Promise<Review> {
  const total = { reviewed: 0, kept: 0, removed: 0 };
  let place: LinkPlace | null = { queuedAt: '-infinity', repositoryId: '-1', digest: '' };
  while (place) {
    const after: LinkPlace = place;
    const end = options.isDryRun ? 'rollback' : 'commit';
    const batch = await inTransaction(pool, (client) => reviewBatch(client, after, options.before), end);
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
  // Looked at again when the lease is over.
  await postponeReviews(client, of('leased'));
  const next = { queuedAt: last.queued_at, repositoryId: last.repository_id, digest: last.digest };
  return { reviewed: settled.length, kept: of('needed', 'leased').length, removed: garbage.length, last: next };
}

/** Why a link was looked at is passed on to its blob. */
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
