// Deleted content is moved, not flagged: into a hidden repository of a registry without aliases or members. No look-up by name or
// membership reaches it, and no query can forget to exclude it. Its manifests keep their blobs linked, so garbage collection leaves
// them alone until the hidden repository is purged (purge-deletions.ts).
import { randomUUID } from 'node:crypto';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { DELETED_REGISTRY_ID } from '#lib/publishers/deleted-registry.ts';
import { copyLinks } from './holding-repository.sql.ts';
import { recountIndexes } from './recount-indexes.ts';

export async function createHolding(tx: DbOrTx): Promise<bigint> {
  const data = { registryKey: DELETED_REGISTRY_ID, name: randomUUID(), visibility: 'private' } as const;
  return (await tx.repository.create({ data, select: { id: true } })).id;
}

/** The user or principal that a deletion is attributed to. */
export function deletedBy(caller: AuditCaller): { deletedById: string | null; deletedBy: string } {
  const user = caller.principal.kind === 'user' ? caller.principal : null;
  return { deletedById: user?.userId ?? null, deletedBy: user?.email ?? caller.principal.kind };
}

/** Moves a manifest with its edges and links to its blobs. The caller moves tags. */
export async function moveManifest(
  tx: DbOrTx,
  { manifestId, fromId, toId }: { manifestId: bigint; fromId: bigint; toId: bigint },
): Promise<void> {
  // Link first, so that a needed blob is never unlinked.
  await copyLinks(tx, { manifestId, fromId, toId });
  const data = { repositoryId: toId };
  const { digest } = await tx.manifest.update({ where: { id: manifestId }, data, select: { digest: true } });
  await tx.manifestBlob.updateMany({ where: { manifestId }, data });
  for (const repositoryId of [fromId, toId]) await recountIndexes(tx, { repositoryId, digest });
}
