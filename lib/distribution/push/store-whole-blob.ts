import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { toAppendOptions, type UploadBytes } from './append-upload.ts';
import { isBrokenOff, isHopeless } from './end-failed-write.ts';
import type { UploadIds } from './ids/upload-ids.ts';
import type { UploadSlots } from './ids/upload-slots.ts';
import { linkStoredBlob } from './link-stored-blob.ts';
import type { RecentLinks } from './recent-links.ts';
import type { RegistryQuotas } from './registry-quotas.ts';
import { newStage, tooManyAtOnce, uploadLimits } from './start-upload.ts';
import { findUploadTarget, insertUpload, type UploadTarget } from './upload-rows.sql.ts';

export type ReceivingApp = {
  db: Db;
  pool: pg.Pool;
  blobs: BlobStore;
  intake: Intake;
  quotas: RegistryQuotas;
  recentLinks: RecentLinks;
  uploadIds: UploadIds;
  uploadSlots: UploadSlots;
  config: DistributionConfig;
  log: Log;
};

export type WholeBlob = Omit<UploadBytes, 'uploadId' | 'stagedId' | 'lease'> & {
  digest: Digest;
  /** The upload that it finishes, which has no bytes yet. Null: the client can't resume. */
  uploadId: string | null;
};

/** Bytes that aren't the whole blob, but probably the last ones of an upload, which is staged under `stagedId`. */
export type LastChunk = { receivedId: string; stagedId: string };

/**
 * Stores a blob that one request brings, in one transaction and without an upload row. No other request knows where its
 * bytes are staged, so it needs no lease. If the digest is right, the upload's row doesn't matter, so it is looked up only if
 * the digest is wrong. Returns the bytes if they belong to an upload that has others.
 * @throws AppError as finishUpload does, and `rate_limited`
 */
export async function storeWholeBlob(app: ReceivingApp, input: WholeBlob): Promise<LastChunk | null> {
  const { caller, repository, digest, body, uploadId } = input;
  const { userId } = caller.principal;
  const { keyScope: scope } = repository;
  const free = app.uploadSlots.take({ userId, repositoryId: repository.id }, uploadLimits(app));
  if (!free) throw tooManyAtOnce();
  const stagedId = randomUUID();
  const claim = app.quotas.open(input.quota, { digest, scope });
  try {
    const last = { source: body, options: await toAppendOptions(app, input, claim) };
    await app.intake.begin(stagedId);
    const stored = await app.intake.finish({ id: stagedId, fence: 0n }, { digest, scope, last });
    await linkStoredBlob(app, { repositoryId: repository.id, digest, stored, scope, lease: null });
    if (uploadId !== null) app.uploadIds.end(uploadId);
    return null;
  } catch (error) {
    const target = await findOthers(app, input, error);
    if (target) return { receivedId: stagedId, stagedId: target.stagedId };
    if (isBrokenOff(error) && (await keepReceived(app, input, stagedId))) throw error;
    // What can't be removed now is swept later.
    await app.intake.discard(stagedId).catch(() => undefined);
    if (uploadId !== null && isHopeless(error)) app.uploadIds.end(uploadId);
    throw error;
  } finally {
    claim?.end(true);
    free();
  }
}

async function findOthers(app: ReceivingApp, input: WholeBlob, error: unknown): Promise<UploadTarget | null> {
  const { uploadId: id, mayHaveBytes, caller } = input;
  const isMismatch = isAppError(error) && error.code === 'digest_mismatch';
  if (!isMismatch || id === null || !mayHaveBytes) return null;
  const target = await findUploadTarget(app, { id, userId: caller.principal.userId });
  return target === 'closed' ? null : target;
}

/** Gives the upload a row, so that the client can resume it. False: it can't. */
async function keepReceived(app: ReceivingApp, input: WholeBlob, stagedId: string): Promise<boolean> {
  const { caller, repository, uploadId: id } = input;
  const offsetBytes = id === null ? null : await app.intake.readSize(stagedId);
  if (id === null || offsetBytes === null) return false;
  const owner = { repositoryId: repository.id, userId: caller.principal.userId };
  const { fence } = newStage();
  return insertUpload(app, { id, ...owner, stagedId, fence, offsetBytes, isLeased: false, limits: uploadLimits(app) });
}
