import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { ensureRepository, isNotYet } from './ensure-repository.ts';
import {
  firstLease,
  insertUpload,
  removeUpload,
  type NewUpload,
  type UploadLease,
  type UploadTarget,
} from './upload-rows.sql.ts';

const RETRY_SECONDS = 60;

type App = { db: Db; pool: pg.Pool; intake: Intake; config: DistributionConfig };

export type StartedUpload = {
  uploadId: string;
  stagedId: string;
  lease: UploadLease | null;
  repository: FoundRepository;
};

type StartInput = {
  caller: UserCaller;
  repository: FoundRepository;
  /** This request also sends bytes, so it gets the lease. */
  isWritten: boolean;
  /** A new upload whose row was inserted with the request's lookup. */
  target?: UploadTarget | null;
};

/**
 * Starts a blob upload, and creates the repository on its first push.
 * @throws AppError `rate_limited` when the user or the repository has too many open uploads
 */
export async function startUpload(
  app: App,
  { caller, repository, isWritten, target = null }: StartInput,
): Promise<StartedUpload> {
  // Don't create a repository for an upload that is refused.
  if (isNotYet(repository)) await refuseManyOfUser(app, caller.principal.userId);
  const existing = await ensureRepository(app, { caller, repository });
  const uploadId = target?.stagedId ?? randomUUID();
  // Insert the row first, because staged bytes without a row are removed.
  const row = { id: uploadId, repositoryId: existing.id, userId: caller.principal.userId, isLeased: isWritten };
  if (!target) await insertOrRefuse(app, row);
  await app.intake.begin(uploadId).catch(async (error: unknown) => {
    await removeUpload(app, uploadId);
    throw error;
  });
  return { uploadId, stagedId: uploadId, lease: isWritten ? firstLease(uploadId) : null, repository: existing };
}

async function insertOrRefuse(app: App, row: Omit<NewUpload, 'limits'>): Promise<void> {
  const { uploadsPerUser: perUser, uploadsPerRepository: perRepository } = app.config;
  if (await insertUpload(app, { ...row, limits: { perUser, perRepository } })) return;
  await refuseManyOfUser(app, row.userId);
  throw tooMany(`${perRepository} uploads to this repository are open, which is as many as there may be.`);
}

async function refuseManyOfUser({ db, config }: App, userId: string): Promise<void> {
  if (config.uploadsPerUser === 0) return;
  const count = await db.upload.count({ where: { userId, expiresAt: { gt: new Date() } } });
  if (count >= config.uploadsPerUser) throw tooMany(`You have ${count} uploads open, which is the limit.`);
}

function tooMany(what: string): AppError {
  const next = 'Finish or cancel some (DELETE their Location). Idle uploads expire after a day.';
  return new AppError('rate_limited', `${what} ${next}`, { retryAfterSeconds: RETRY_SECONDS });
}
