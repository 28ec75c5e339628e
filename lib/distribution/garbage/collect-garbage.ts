// Everything that goes by itself: what can't be restored any more, untagged manifests where the publisher wants it so, links and
// blobs that nothing needs, and what crashes and absent clients left.
import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import { purgeDeletions } from '#lib/repositories/deletions/purge-deletions.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import { reapUploads } from '#lib/distribution/jobs/reap-uploads.ts';
import { deleteUntagged } from './delete-untagged.ts';
import { describePause, isTooMany, type Amount } from './brake.ts';
import { countOrphans, queueOrphans } from './queue-orphans.ts';
import { countUnexplained, reviewBlobs, type BlobReview } from './review-blobs.ts';
import { reviewLinks, type Review } from './review-links.ts';

type App = {
  db: Db;
  pool: pg.Pool;
  blobs: BlobStore;
  intake: Intake;
  log: Log;
  config: Pick<DistributionConfig & RepositoryConfig, 'gcGraceSeconds' | 'restoreDays'>;
};

export type Collection = {
  /** Deletions that could be restored until now. */
  expiredDeletions: number;
  untaggedManifests: number;
  links: Review;
  blobs: BlobReview;
  /** Abandoned uploads, and blobs whose rows a crash kept from being written; null: not looked for. */
  uploads: number | null;
  orphans: number | null;
  /** Why it stopped before it removed any blob; null: it didn't stop. */
  pause: string | null;
};

export type CollectionOptions = {
  /** Also goes through all that the store holds. */
  isThorough: boolean;
  /** Says what would go, and leaves everything as it is: what would become garbage by that is not counted. */
  isDryRun?: boolean;
  /** An operator has confirmed that more than the brake allows may go. */
  isConfirmed?: boolean;
};

/**
 * Safe beside pushes, pulls, deletes and other collections, at any time. Stops rather than remove more than a tenth of what is stored without
 * a recorded delete behind it.
 */
export async function collectGarbage(
  app: App,
  { isThorough, isDryRun = false, isConfirmed = false }: CollectionOptions,
): Promise<Collection> {
  const options = { before: new Date(Date.now() - app.config.gcGraceSeconds * 1000), isDryRun };
  const pause = isThorough && !isConfirmed ? await findPause(countOrphans(app, options.before)) : null;
  if (pause !== null) return { ...NOTHING, pause };
  const expiredDeletions = await purgeDeletions(app, { isDryRun });
  const untaggedManifests = await deleteUntagged(app, { isDryRun });
  const uploads = isThorough ? await reapUploads(app, { isDryRun }) : null;
  const links = await reviewLinks(app, options);
  const orphans = isThorough ? await queueOrphans(app, options) : null;
  const latePause = isConfirmed ? null : await findPause(countUnexplained(app, options.before));
  const blobs = latePause === null ? await reviewBlobs(app, options) : NOTHING.blobs;
  return { expiredDeletions, untaggedManifests, links, blobs, uploads, orphans, pause: latePause };
}

const NO_REVIEW = { reviewed: 0, kept: 0, removed: 0 };
const NOTHING: Collection = {
  expiredDeletions: 0,
  untaggedManifests: 0,
  uploads: null,
  orphans: null,
  pause: null,
  links: NO_REVIEW,
  blobs: { ...NO_REVIEW, freedBytes: 0 },
};

async function findPause(counting: Promise<Amount>): Promise<string | null> {
  const amount = await counting;
  return isTooMany(amount) ? describePause('This run would remove', amount) + CONFIRM : null;
}

const CONFIRM = 'To remove them anyway, run "npm run vitrine -- gc --confirm".';
