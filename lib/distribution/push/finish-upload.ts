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
import type { RegistryQuotas } from './registry-quotas.ts';
import { toWriter } from './upload-rows.sql.ts';
import { writeUpload } from './write-upload.ts';

type FinishingApp = {
  db: Db;
  pool: pg.Pool;
  blobs: BlobStore;
  intake: Intake;
  quotas: RegistryQuotas;
  config: DistributionConfig;
  log: Log;
};

/**
 * Takes the last bytes of an upload, or none, and makes it a blob of its repository. The bytes are durable before the row that
 * says so.
 * @throws AppError `digest_mismatch`, `too_large`, `quota_exceeded`, and then the upload is gone; `unavailable`, and then it must be sent again
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
    } catch (error) {
      await endFailedWrite(app, lease, error);
      throw error;
    } finally {
      claim?.end(true);
    }
  });
}

/**
 * Another copy of the same bytes may have been evicted or collected between the arrival of these and their link: the moment
 * between a look at the file and its removal is too short to lock. Whoever removes them has the blob's row locked, so the link
 * was made after the removal, and from the link on nobody removes them. So this look is the last word. The link stays, for others
 * may have it too, but what it leads to counts as missing: nobody mounts it, or names it in a manifest, before it is sent again.
 */
async function requireStored(app: FinishingApp, { sha256 }: StoredBlob): Promise<void> {
  const isMissing = async () => (await app.blobs.stat(siteBlob(sha256))) === null;
  if (!(await isMissing())) return;
  await markDamaged(app, { sha256, damage: 'missing', isStillSo: isMissing });
  if (!(await isMissing())) return;
  throw new AppError('unavailable', 'The bytes were cleaned away as they came in: send them again.');
}
