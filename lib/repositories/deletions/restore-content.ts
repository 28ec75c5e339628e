// Restores deleted tags and manifests.
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { storedAttachedAs } from '#lib/oci/attached-as.ts';
import { batches } from '#lib/platform/concurrency/batches.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Deletion } from '#lib/platform/prisma/client.ts';
import { moveManifest } from './holding-repository.ts';
import { markRecordedDelete } from './mark-recorded-delete.sql.ts';
import { listHeldTags } from './restore-content.sql.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import { tryLockRepository } from '#lib/repositories/lock-repository.ts';

export type RestoreInput = { caller: UserCaller; deletion: Deletion; fullName: string };

export type Restored = {
  /** `ALIAS/NAME`, `ALIAS/NAME:TAG` or `ALIAS/NAME@DIGEST` with the current primary alias. */
  target: string;
  /** Tags that were created again meanwhile and stay as they are. */
  skippedTags: string[];
};

export async function restoreTag(tx: DbOrTx, input: RestoreInput): Promise<Restored> {
  const { caller, deletion, fullName } = input;
  const { tag: name, digest } = deletion;
  if (name === null || digest === null) throw new Error(`deletion ${deletion.id} has no tag`);
  const repositoryId = await lockTarget(tx, input);
  const target = `${fullName}:${name}`;
  const taken = await tx.tag.findUnique({
    where: { repositoryId_name: { repositoryId, name } },
    select: { manifest: { select: { digest: true } } },
  });
  if (taken) {
    const what =
      taken.manifest.digest === digest ? 'points to the same manifest' : `points to ${taken.manifest.digest}`;
    throw new AppError('conflict', `${target} exists again and ${what}. Delete that tag first to restore the old one.`);
  }
  const manifest = await tx.manifest.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    select: { id: true, payload: true, mediaType: true },
  });
  if (!manifest) {
    throw new AppError(
      'conflict',
      `${target} pointed to ${digest}, which has been deleted. Restore that manifest first.`,
    );
  }
  const attachedAs = storedAttachedAs(manifest, name);
  await tx.tag.create({ data: { repositoryId, name, manifestId: manifest.id, attachedAs } });
  await tx.tagEvent.create({ data: { repositoryId, tag: name, toDigest: digest, userId: caller.principal.userId } });
  await recordChange(tx, {
    type: 'tag.restore',
    caller,
    registryKey: deletion.registryKey,
    resource: { repositoryId, name: fullName, tag: name },
    after: { digest },
  });
  return { target, skippedTags: [] };
}

/** Restores its tags too, except those that exist again. */
export async function restoreManifest(tx: DbOrTx, input: RestoreInput): Promise<Restored> {
  const { caller, deletion, fullName } = input;
  const { digest, holdingId } = deletion;
  if (digest === null || holdingId === null) throw new Error(`deletion ${deletion.id} has no manifest`);
  const repositoryId = await lockTarget(tx, input);
  const held = await tx.manifest.findUniqueOrThrow({
    where: { repositoryId_digest: { repositoryId: holdingId, digest } },
    select: { id: true },
  });
  // If the same bytes were pushed again, the tags move to that manifest.
  const pushedAgain = await tx.manifest.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    select: { id: true },
  });
  if (!pushedAgain) await moveManifest(tx, { manifestId: held.id, fromId: holdingId, toId: repositoryId });
  const manifestId = pushedAgain?.id ?? held.id;
  const rows = await listHeldTags(tx, { holdingId, repositoryId });
  const tags = rows.filter((row) => !row.isTaken).map(({ name }) => name);
  for (const names of batches(tags)) {
    const where = { repositoryId: holdingId, name: { in: names } };
    await tx.tag.updateMany({ where, data: { repositoryId, manifestId } });
    const userId = caller.principal.userId;
    await tx.tagEvent.createMany({ data: names.map((tag) => ({ repositoryId, tag, toDigest: digest, userId })) });
  }
  // Also deletes what is left in it: links, and tags that exist again.
  await markRecordedDelete(tx);
  await tx.repository.delete({ where: { id: holdingId } });
  await recordChange(tx, {
    type: 'manifest.restore',
    caller,
    registryKey: deletion.registryKey,
    resource: { repositoryId, name: fullName, digest },
    after: { tags },
  });
  return { target: `${fullName}@${digest}`, skippedTags: rows.filter((row) => row.isTaken).map(({ name }) => name) };
}

/** Takes the lock that every change of a repository's content starts with. */
async function lockTarget(tx: DbOrTx, { deletion, fullName }: RestoreInput): Promise<bigint> {
  const { repositoryId, registryKey } = deletion;
  if (repositoryId === null) throw new Error(`deletion ${deletion.id} has no repository`);
  if (!(await tryLockRepository(tx, { id: repositoryId, registryKey }))) {
    throw new AppError('conflict', `${fullName} has been deleted too. Restore the repository first.`);
  }
  const found = await tx.repository.findUniqueOrThrow({
    where: { id: repositoryId },
    select: { quarantineReason: true },
  });
  // Applies to admins too. They must lift the quarantine first.
  refuseQuarantined({ fullName, quarantineReason: found.quarantineReason });
  return repositoryId;
}
