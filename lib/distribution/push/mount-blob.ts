import type pg from 'pg';
import type { ChangeOf } from '#lib/events/event-types.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { findLinkedBlob } from '#lib/images/find-linked-blob.ts';
import { listBlobSources, mountBlobLink } from '#lib/images/mount-blob-link.sql.ts';
import { findBlobSize } from '#lib/publishers/registry-quota.sql.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { authorizePull } from '#lib/distribution/authorization/authorize.ts';
import type { Credentials } from '#lib/distribution/authorization/credentials.ts';
import { ensureRepository, type CreatingApp } from './ensure-repository.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import type { PullRights } from '#lib/distribution/hot-path/pull-rights.ts';
import type { RegistryQuotas } from './registry-quotas.ts';

type App = CreatingApp & { pool: pg.Pool; pullCache: PullCache; pullRights: PullRights; quotas: RegistryQuotas };

export type MountBlobInput = {
  caller: UserCaller;
  credentials: Credentials;
  repository: FoundRepository;
  quota: RegistryQuota;
  digest: Digest;
  /** The source repository named by the client. Null: any that the caller may pull from. */
  from: string | null;
};

/**
 * Links a blob of another repository without an upload. Returns false if the client must upload it, also because the
 * registry wants that.
 * @throws AppError `quota_exceeded`
 */
export async function mountBlob(app: App, input: MountBlobInput): Promise<boolean> {
  const { digest, from, quota } = input;
  const registry = { where: { id: quota.registryKey }, select: { mountsBlobs: true } } as const;
  if ((await app.db.registry.findUnique(registry))?.mountsBlobs === false) return false;
  const sources =
    from === null
      ? await listBlobSources(app, { digest, scope: input.repository.keyScope, userId: input.caller.principal.userId })
      : [from];
  for (const fullName of sources) {
    const blobId = await findReadableBlob(app, { ...input, fullName });
    if (blobId === null) continue;
    if (await mountFound(app, input, { fullName, blobId })) return true;
  }
  return false;
}

async function mountFound(
  app: App,
  { caller, digest, quota, ...input }: MountBlobInput,
  source: { fullName: string; blobId: bigint },
): Promise<boolean> {
  const claim = app.quotas.open(quota, { digest, scope: input.repository.keyScope });
  try {
    if (claim) await claim.take(await findBlobSize(app, source.blobId));
    const repository = await ensureRepository(app, { caller, repository: input.repository });
    const { id: repositoryId, registryKey } = repository;
    const event: ChangeOf<'blob.mount'> = {
      type: 'blob.mount',
      caller,
      registryKey,
      resource: { repositoryId, name: repository.fullName, digest },
      after: { from: source.fullName },
    };
    return await mountBlobLink(app, { repositoryId, digest, blobId: source.blobId, event });
  } finally {
    claim?.end(true);
  }
}

/** Treats a source that the caller may not pull from like one that lacks the blob. */
async function findReadableBlob(
  app: App,
  { caller, credentials, fullName, digest }: MountBlobInput & { fullName: string },
): Promise<bigint | null> {
  try {
    const source = await authorizePull(app, {
      credentials,
      readContext: () => caller.context,
      fullName,
      ifMissing: 'fail',
      step: 'ecr:GetDownloadUrlForLayer',
    });
    return await findLinkedBlob(app, { repositoryId: source.id, digest });
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
