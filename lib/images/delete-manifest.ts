import { recordChange } from '#lib/events/record-change.ts';
import { findUserId, type Caller } from '#lib/access/schema.ts';
import { batches } from '#lib/platform/concurrency/batches.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { createHolding, deletedBy, moveManifest } from '#lib/repositories/deletions/holding-repository.ts';
import { findListingTag } from './delete-manifest.sql.ts';

export type DeleteManifestInput = {
  /** The system principal when the publisher's rule for untagged manifests deletes it. */
  caller: Caller;
  repository: Pick<FoundRepository, 'id' | 'registryKey' | 'name' | 'fullName'>;
  digest: string;
  /** Checked under the repository's lock. False cancels the deletion. */
  isStillWanted?: (tx: DbOrTx) => Promise<boolean>;
};

/**
 * Deletes a manifest together with its tags. It can be restored for a while (restore-deletion.ts).
 * @throws AppError `repository_not_found`, `manifest_not_found`, `unsupported` while a tagged index lists it, because its pulls would break
 */
export async function deleteManifest(app: { db: Db }, input: DeleteManifestInput): Promise<boolean> {
  return app.db.$transaction(async (tx) => {
    await lockRepository(tx, input.repository);
    return removeManifest(tx, input);
  });
}

/** Does the same for a caller that holds the repository's lock. */
export async function removeManifest(
  tx: DbOrTx,
  { caller, repository, digest, isStillWanted }: DeleteManifestInput,
): Promise<boolean> {
  const { id: repositoryId, registryKey, name } = repository;
  const manifest = await tx.manifest.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    select: { id: true, tags: { where: { repositoryId }, select: { name: true } } },
  });
  if (!manifest) throw new AppError('manifest_not_found', "The repository doesn't have this manifest.");
  if (isStillWanted && !(await isStillWanted(tx))) return false;
  await refuseListed(tx, repository, digest);
  const tags = manifest.tags.map((tag) => tag.name);
  const shared = { repositoryId, fromDigest: digest, userId: findUserId(caller.principal) };
  for (const batch of batches(tags)) {
    await tx.tagEvent.createMany({ data: batch.map((tag) => ({ ...shared, tag })) });
  }
  const holdingId = await createHolding(tx);
  await tx.tag.updateMany({ where: { manifestId: manifest.id }, data: { repositoryId: holdingId } });
  await moveManifest(tx, { manifestId: manifest.id, fromId: repositoryId, toId: holdingId });
  const deletion = {
    registryKey,
    kind: 'manifest',
    name,
    repositoryId,
    digest,
    holdingId,
    ...deletedBy(caller),
  } as const;
  await tx.deletion.create({ data: deletion });
  await recordChange(tx, {
    type: 'manifest.delete',
    caller,
    registryKey,
    resource: { repositoryId, name: repository.fullName, digest },
    before: { tags },
  });
  return true;
}

/** Ignores the referrers tag schema (`sha256-HEX`), whose list stays valid without its manifests. */
async function refuseListed(
  tx: DbOrTx,
  { id, fullName }: DeleteManifestInput['repository'],
  digest: string,
): Promise<void> {
  const parent = await findListingTag(tx, { repositoryId: id, digest });
  if (!parent) return;
  const { digest: parentDigest, tag } = parent;
  throw new AppError(
    'unsupported',
    `The index ${parentDigest}, tagged ${fullName}:${tag}, lists this manifest. Delete the index first.`,
    { detail: { parent: parentDigest, tag } },
  );
}
