import { randomUUID } from 'node:crypto';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { FoundRepository } from '#lib/catalog/find-repository.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Db } from '#lib/platform/db.ts';
import { ensureRepository } from './ensure-repository.ts';

const UPLOAD_TTL_MS = 24 * 60 * 60 * 1000;

/** An upload lives for a day from the last bytes that came. */
export function uploadExpiry(): Date {
  return new Date(Date.now() + UPLOAD_TTL_MS);
}

export type StartedUpload = { uploadId: string; repository: FoundRepository };

/** Begins a blob upload, and makes the repository if this is its first push. */
export async function startUpload(
  app: { db: Db; blobs: BlobStore },
  { caller, repository }: { caller: Caller; repository: FoundRepository },
): Promise<StartedUpload> {
  const existing = await ensureRepository(app, { caller, repository });
  const uploadId = randomUUID();
  // The row first: staged bytes without one are swept away.
  await app.db.upload.create({
    data: { id: uploadId, repositoryId: existing.id, userId: caller.actor.userId, expiresAt: uploadExpiry() },
    select: { id: true },
  });
  await app.blobs.stage(uploadId).catch(async (error: unknown) => {
    await app.db.upload.deleteMany({ where: { id: uploadId } });
    throw error;
  });
  return { uploadId, repository: existing };
}
