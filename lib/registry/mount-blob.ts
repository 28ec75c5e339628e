import type pg from 'pg';
import type { FoundRepository } from '#lib/catalog/find-repository.ts';
import { findLinkedBlob, listBlobSources, mountBlobLink } from '#lib/catalog/mount-blob-link.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Db } from '#lib/platform/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { authorizePull } from './authorize.ts';
import type { Credentials } from './credentials.ts';
import { ensureRepository } from './ensure-repository.ts';
import type { PullCache } from './pull-cache.ts';

type App = { db: Db; pool: pg.Pool; pullCache: PullCache };

export type MountBlobInput = {
  caller: Caller;
  credentials: Credentials;
  repository: FoundRepository;
  digest: Digest;
  /** Where the client says the blob is; null: wherever the caller may read it. */
  from: string | null;
};

/** Makes a blob of another repository readable here, without sending it again. False: it must be uploaded after all. */
export async function mountBlob(app: App, input: MountBlobInput): Promise<boolean> {
  const { caller, digest, from } = input;
  const sources = from === null ? await listBlobSources(app, { digest, userId: caller.actor.userId }) : [from];
  for (const fullName of sources) {
    const blobId = await findReadableBlob(app, { ...input, fullName });
    if (blobId === null) continue;
    const repository = await ensureRepository(app, { caller, repository: input.repository });
    if (await mountBlobLink(app, { repositoryId: repository.id, digest, blobId })) return true;
  }
  return false;
}

/** A source that the caller may not pull from is answered like one that lacks the blob. */
async function findReadableBlob(
  app: App,
  { credentials, fullName, digest }: MountBlobInput & { fullName: string },
): Promise<bigint | null> {
  try {
    const source = await authorizePull(app, { credentials, fullName, ifMissing: 'fail' });
    return await findLinkedBlob(app, { repositoryId: source.id, digest });
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
