import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { FoundRepository } from '#lib/catalog/find-repository.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Config } from '#lib/platform/config.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { ensureRepository, isNotYet } from './ensure-repository.ts';
import { removeUpload, uploadExpiry } from './upload-rows.ts';

const RETRY_SECONDS = 60;
const NO_LIMIT = 2 ** 31 - 1;

type App = { db: Db; pool: pg.Pool; blobs: BlobStore; config: Config };

export type StartedUpload = { uploadId: string; repository: FoundRepository };

/**
 * Begins a blob upload, and makes the repository if this is its first push.
 * @throws AppError `rate_limited` when the user or the repository has too many open
 */
export async function startUpload(
  app: App,
  { caller, repository }: { caller: Caller; repository: FoundRepository },
): Promise<StartedUpload> {
  // Not to make a repository for an upload that is refused.
  if (isNotYet(repository)) await refuseManyOfUser(app, caller.actor.userId);
  const existing = await ensureRepository(app, { caller, repository });
  const uploadId = randomUUID();
  // The row first: staged bytes without one are swept away.
  await insertUpload(app, { id: uploadId, repositoryId: existing.id, userId: caller.actor.userId });
  await app.blobs.stage(uploadId).catch(async (error: unknown) => {
    await removeUpload(app, uploadId);
    throw error;
  });
  return { uploadId, repository: existing };
}

type UploadRow = { id: string; repositoryId: bigint; userId: string };

/** Counts and inserts in one statement. Requests at the same time may each see room for one: a bound, not a ledger. */
async function insertUpload(app: App, { id, repositoryId, userId }: UploadRow): Promise<void> {
  const { uploadsPerUser, uploadsPerRepository } = app.config;
  const inserted = await app.db.$queryRaw<unknown[]>`
    INSERT INTO uploads (id, repository_id, user_id, expires_at)
    SELECT ${id}::uuid, ${repositoryId}::bigint, ${userId}::uuid, ${uploadExpiry()}::timestamptz
    WHERE (SELECT count(*) FROM uploads WHERE user_id = ${userId}::uuid AND expires_at > now())
        < ${uploadsPerUser || NO_LIMIT}::int
      AND (SELECT count(*) FROM uploads WHERE repository_id = ${repositoryId}::bigint AND expires_at > now())
        < ${uploadsPerRepository || NO_LIMIT}::int
    RETURNING 1`;
  if (inserted.length > 0) return;
  await refuseManyOfUser(app, userId);
  throw tooMany(`${uploadsPerRepository} uploads to this repository are open, which is as many as there may be.`);
}

async function refuseManyOfUser({ db, config }: App, userId: string): Promise<void> {
  if (config.uploadsPerUser === 0) return;
  const count = await db.upload.count({ where: { userId, expiresAt: { gt: new Date() } } });
  if (count >= config.uploadsPerUser) throw tooMany(`You have ${count} uploads open, which is as many as you may.`);
}

function tooMany(what: string): AppError {
  const next = 'Finish or cancel some (DELETE of their Location); those that nobody goes on with end after a day.';
  return new AppError('rate_limited', `${what} ${next}`, { retryAfterSeconds: RETRY_SECONDS });
}
