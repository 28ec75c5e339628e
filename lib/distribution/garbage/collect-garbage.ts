// Purges deletions past their restore period, untagged manifests, and unneeded links and blobs. Also removes what
// crashes and abandoned uploads left behind.
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
import { countUnexplained, NO_BLOBS, reviewBlobs, type BlobReview } from './review-blobs.ts';
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
  /** Deletions whose restore period has ended. */
  expiredDeletions: number;
  untaggedManifests: number;
  links: Review;
  blobs: BlobReview;
  /** Abandoned uploads, and `orphans`: blobs that a crash left without a row. Null: not checked. */
  uploads: number | null;
  orphans: number | null;
  /** Why the run paused before it removed any blob. Null: it didn't pause. */
  pause: string | null;
};

export type CollectionOptions = {
  /** Also scans the whole store. */
  isThorough: boolean;
  /** Reports what would be removed and changes nothing. Excludes garbage that those removals would create. */
  isDryRun?: boolean;
  /** An operator has confirmed a removal above the brake's limit. */
  isConfirmed?: boolean;
};

/**
 * Collects garbage. Safe to run beside pushes, pulls, deletes and other collections. Pauses rather than remove more
 * than a tenth of the stored blobs without recorded deletes.
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
  blobs: NO_BLOBS,
};

async function findPause(counting: Promise<Amount>): Promise<string | null> {
  const amount = await counting;
  return isTooMany(amount) ? describePause('This run would remove', amount) + CONFIRM : null;
}

const CONFIRM = 'To remove them anyway, run "npm run vitrine -- gc --confirm".';
