import type pg from 'pg';
import { siteBlob, type BlobStore, type StoredBlob } from '#lib/blobs/blob-store.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import { linkBlob } from '#lib/images/link-blob.sql.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { toAppendOptions, toUploadWrite, type UploadBytes } from './append-upload.ts';
import { endFailedWrite } from './end-failed-write.ts';
import { markDamaged } from '#lib/distribution/integrity/mark-damaged.ts';
import type { RecentLinks } from './recent-links.ts';
import type { RegistryQuotas } from './registry-quotas.ts';
import { toWriter } from './upload-rows.sql.ts';
import { writeUpload } from './write-upload.ts';

type FinishingApp = {
  db: Db;
  pool: pg.Pool;
  blobs: BlobStore;
  intake: Intake;
  quotas: RegistryQuotas;
  recentLinks: RecentLinks;
  config: DistributionConfig;
  log: Log;
};

/**
 * Appends the last bytes, if any, and turns the upload into a blob of its repository. The bytes are durable before the
 * blob's row is written.
 * @throws AppError `digest_mismatch`, `too_large` or `quota_exceeded`, which end the upload; `unavailable`, after which
 *   the client must send the blob again
 */
export async function finishUpload(app: FinishingApp, input: UploadBytes & { digest: Digest }): Promise<void> {
  const { digest, repository, body } = input;
  await writeUpload(app, toUploadWrite(input), async (lease) => {
    const claim = app.quotas.open(input.quota, digest);
    try {
      const last = { source: body, options: await toAppendOptions(app, input, claim) };
      const stored = await app.intake.finish(toWriter(lease), { digest, scope: 'site', last });
      await linkBlob(app, { repositoryId: repository.id, digest, stored, lease });
      await requireStored(app, stored);
      app.recentLinks.add({ repositoryId: repository.id, digest }, stored.sha256);
    } catch (error) {
      await endFailedWrite(app, lease, error);
      throw error;
    } finally {
      claim?.end(true);
    }
  });
}

/**
 * Checks that the blob's bytes still exist after it was linked. Eviction or garbage collection may have removed an
 * existing copy between the arrival of these bytes and their link. No lock covers that gap.
 * This check is final. A removal locks the blob's row, so it precedes the link, and linked blobs are never removed. The
 * link stays, because concurrent pushes may share it, but the blob is marked missing. Until it is sent again, nobody
 * can mount it or reference it in a manifest.
 */
async function requireStored(app: FinishingApp, { sha256 }: StoredBlob): Promise<void> {
  const isMissing = async () => (await app.blobs.stat(siteBlob(sha256))) === null;
  if (!(await isMissing())) return;
  await markDamaged(app, { sha256, damage: 'missing', isStillSo: isMissing });
  if (!(await isMissing())) return;
  throw new AppError('unavailable', 'The received bytes were removed. Send them again.');
}
