import { randomInt, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { ensureRepository, isNotYet, type CreatingApp } from './ensure-repository.ts';
import { uploadNotFound } from './find-upload.ts';
import type { UploadIds, UploadOwner } from './ids/upload-ids.ts';
import type { UploadLimits } from './ids/upload-slots.ts';
import { findUploadTarget, insertUpload, removeEmptyUpload, type UploadLease } from './upload-rows.sql.ts';

const RETRY_SECONDS = 60;
const MAX_FIRST_FENCE = 2 ** 47;

type StartingApp = CreatingApp & { volume: Volume; uploadIds: UploadIds; config: DistributionConfig };

export type StartedUpload = { uploadId: string; repository: FoundRepository };

/**
 * Starts a blob upload, and creates the repository on its first push. Writes nothing else, because the id is signed.
 * @throws AppError `storage_full`; `rate_limited` when the user has too many open uploads and the repository is new
 */
export async function startUpload(
  app: StartingApp,
  { caller, repository }: { caller: UserCaller; repository: FoundRepository },
): Promise<StartedUpload> {
  const { userId } = caller.principal;
  app.volume.requireRoom(0);
  const existing = await prepareRepository(app, { caller, repository });
  return { uploadId: app.uploadIds.issue({ repositoryId: existing.id, userId }), repository: existing };
}

/**
 * Creates the repository on its first push.
 * @throws AppError `rate_limited`; no repository is created for an upload that would be refused
 */
export async function prepareRepository(
  app: CreatingApp & { config: DistributionConfig },
  { caller, repository }: { caller: UserCaller; repository: FoundRepository },
): Promise<FoundRepository> {
  if (!isNotYet(repository)) return repository;
  await refuseManyOfUser(app, caller.principal.userId);
  return ensureRepository(app, { caller, repository });
}

type OpeningApp = { db: Db; pool: pg.Pool; intake: Intake; config: DistributionConfig };

/**
 * Inserts the row of an upload whose first bytes are about to arrive, and leases it. Null: another request was first.
 * @throws AppError `rate_limited` when the user or the repository has too many open uploads, `upload_not_found`
 */
export async function openUpload(
  app: OpeningApp,
  { uploadId, userId, repositoryId }: UploadOwner & { uploadId: string },
): Promise<UploadLease | null> {
  const { stagedId, fence } = newStage();
  const row = { id: uploadId, userId, repositoryId, stagedId, fence, offsetBytes: 0, isLeased: true };
  // Insert the row first, because staged bytes without a row are removed.
  if (!(await insertUpload(app, { ...row, limits: uploadLimits(app) }))) {
    const target = await findUploadTarget(app, { id: uploadId, userId });
    if (target === 'closed') throw uploadNotFound();
    if (target) return null;
    await refuseManyOfUser(app, userId);
    throw tooManyOfRepository(app);
  }
  await app.intake.begin(stagedId).catch(async (error: unknown) => {
    await removeEmptyUpload(app, uploadId);
    throw error;
  });
  return { uploadId, stagedId, fence, isTakenOver: false };
}

/**
 * Chooses where an upload's bytes are staged, and its first fence. Both differ from those of an earlier upload with the same
 * id, which another replica may have ended.
 */
export function newStage(): { stagedId: string; fence: string } {
  return { stagedId: randomUUID(), fence: String(randomInt(MAX_FIRST_FENCE)) };
}

export function uploadLimits({ config }: { config: DistributionConfig }): UploadLimits {
  return { perUser: config.uploadsPerUser, perRepository: config.uploadsPerRepository };
}

async function refuseManyOfUser({ db, config }: { db: Db; config: DistributionConfig }, userId: string): Promise<void> {
  if (config.uploadsPerUser === 0) return;
  const count = await db.upload.count({ where: { userId, expiresAt: { gt: new Date() } } });
  if (count >= config.uploadsPerUser) throw tooMany(`You have ${count} uploads open, which is the limit.`);
}

export function tooManyAtOnce(): AppError {
  return tooMany('You or this repository have as many uploads open as there may be.');
}

function tooManyOfRepository({ config }: { config: DistributionConfig }): AppError {
  return tooMany(
    `${config.uploadsPerRepository} uploads to this repository are open, which is as many as there may be.`,
  );
}

function tooMany(what: string): AppError {
  const next = 'Finish or cancel some (DELETE their Location). Idle uploads expire after a day.';
  return new AppError('rate_limited', `${what} ${next}`, { retryAfterSeconds: RETRY_SECONDS });
}
