// Allows one writer at a time per upload, across all replicas.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { uploadNotFound } from './find-upload.ts';
import { openUpload } from './start-upload.ts';
import {
  findUploadHolder,
  leaseUpload,
  releaseLease,
  renewLease,
  replaceStaged,
  RENEW_LEASE_MS,
  restageUpload,
  takeExpiredLease,
  type UploadLease,
} from './upload-rows.sql.ts';

const POLL_MS = 150;

type App = { db: Db; pool: pg.Pool; intake: Intake; config: DistributionConfig };

export type UploadWrite = {
  uploadId: string;
  userId: string;
  repositoryId: bigint;
  /** Null: these are the upload's first bytes, as far as the request knows. */
  stagedId: string | null;
  /** Null: another request has it. */
  lease: UploadLease | null;
  body: Readable;
  /**
   * The request has a Content-Range or no body. Otherwise its bytes belong at the end of the upload as it was on
   * arrival.
   */
  isPlaced: boolean;
};

/**
 * Runs `work` as the upload's only writer, with the request's lease or one that it waits for. A timer renews the lease,
 * so no connection is held meanwhile. `work` releases the lease when it writes the row. If it fails, the function that
 * took the lease releases it.
 * @throws AppError `range_invalid` while another request writes to it, `upload_not_found`, `rate_limited`
 */
export async function writeUpload<Result>(
  app: App,
  write: UploadWrite,
  work: (lease: UploadLease) => Promise<Result>,
): Promise<Result> {
  let lease = write.lease ?? (write.stagedId === null ? await openUpload(app, write) : null);
  const endedAt = lease || write.isPlaced ? null : await findEnd(app, write);
  lease ??= await waitForLease(app, write);
  const renewed = lease;
  // A failed renewal is retried before the lease expires. A lost lease shows when `work` writes the row.
  const renewing = setInterval(() => void renewLease(app, renewed).catch(() => undefined), RENEW_LEASE_MS);
  try {
    if (endedAt !== null && endedAt !== (await app.intake.readSize(lease.stagedId))) throw uploadBusy();
    if (lease.isTakenOver) lease = await restage(app, lease);
    return await work(lease);
  } catch (error) {
    if (lease !== write.lease) await releaseLease(app, lease).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewing);
  }
}

/** Returns the upload's size on arrival. Its bytes may have begun to arrive since. A missing file means that another request took the upload over. */
async function findEnd({ intake }: App, { stagedId }: UploadWrite): Promise<number> {
  if (stagedId === null) return 0;
  const endedAt = await intake.readSize(stagedId);
  if (endedAt === null) throw uploadBusy();
  return endedAt;
}

/**
 * Waits for a lease to end, because a client whose connection broke often retries before the server notices. Refuses
 * the request if the holder renews its lease. Takes over an expired one.
 */
async function waitForLease(app: App, { uploadId, userId, body }: UploadWrite): Promise<UploadLease> {
  let first: Date | null = null;
  for (;;) {
    const holder = await findUploadHolder(app, uploadId);
    if (!holder) throw uploadNotFound();
    const { leasedUntil, isExpired, fence } = holder;
    if (leasedUntil === null) {
      const lease = await leaseUpload(app, { id: uploadId, userId });
      if (lease) return lease;
    } else if (isExpired) {
      const lease = await takeExpiredLease(app, uploadId, fence);
      if (lease) return lease;
    } else {
      first ??= leasedUntil;
      if (leasedUntil > first) throw uploadBusy();
    }
    if (body.destroyed) throw new AppError('upload_invalid', 'The body is incomplete.');
    await sleep(POLL_MS);
  }
}

/** Continues in a copy. The previous writer may only have been slow, and may still write to the old file. */
async function restage(app: App, lease: UploadLease): Promise<UploadLease> {
  const stagedId = randomUUID();
  await takeOver(app, lease, stagedId);
  if (await restageUpload(app, lease, stagedId)) {
    await app.intake.discard(lease.stagedId);
    return { ...lease, stagedId, isTakenOver: false };
  }
  // On S3, the parts have moved to the copy. Whoever has the lease now continues there.
  const isMoved = (await app.intake.readSize(lease.stagedId)) === null;
  if (!isMoved || !(await replaceStaged(app, lease, stagedId))) await app.intake.discard(stagedId);
  throw uploadBusy();
}

async function takeOver(app: App, { uploadId, stagedId, fence }: UploadLease, newId: string): Promise<void> {
  try {
    await app.intake.takeOver(stagedId, newId);
  } catch (error) {
    // On S3, another request may have moved the bytes.
    const holder = isAppError(error) && error.code === 'upload_not_found' && (await findUploadHolder(app, uploadId));
    if (holder && holder.fence !== fence) throw uploadBusy();
    throw error;
  }
}

function uploadBusy(): AppError {
  return new AppError('range_invalid', 'Another request is writing to this upload.');
}
