// What is deleted is moved, not marked: into a hidden repository of a registry that is nobody's. That one has no alias and no
// members, so no look-up by name or by person reaches it, and no query can forget to leave it out. Its manifests keep their blobs
// linked, so garbage collection leaves those alone until the hidden repository itself is removed (purge-deletions.ts).
import { randomUUID } from 'node:crypto';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { DELETED_REGISTRY_ID } from '#lib/publishers/deleted-registry.ts';
import { recountIndexes } from './recount-indexes.ts';

export async function createHolding(tx: DbOrTx): Promise<bigint> {
  const data = { registryKey: DELETED_REGISTRY_ID, name: randomUUID(), visibility: 'private' } as const;
  return (await tx.repository.create({ data, select: { id: true } })).id;
}

/** Who a deletion is put down to. */
export function deletedBy(caller: AuditCaller): { deletedById: string | null; deletedBy: string } {
  const user = caller.principal.kind === 'user' ? caller.principal : null;
  return { deletedById: user?.userId ?? null, deletedBy: user?.email ?? caller.principal.kind };
}

/** A manifest with its edges and its blobs' links; tags are the caller's business. */
export async function moveManifest(
  tx: DbOrTx,
  { manifestId, fromId, toId }: { manifestId: bigint; fromId: bigint; toId: bigint },
): Promise<void> {
  // Before the edges: at no moment is a blob that somebody needs without a link.
  await tx.$executeRaw`
    INSERT INTO repository_blobs (repository_id, digest, blob_id)
    SELECT DISTINCT ${toId}::bigint, l.digest, l.blob_id
      FROM manifest_blobs e JOIN repository_blobs l ON l.repository_id = ${fromId} AND l.digest = e.digest
     WHERE e.manifest_id = ${manifestId} ORDER BY l.digest
    ON CONFLICT (repository_id, digest) DO UPDATE SET leased_at = now()`;
  const data = { repositoryId: toId };
  const { digest } = await tx.manifest.update({ where: { id: manifestId }, data, select: { digest: true } });
  await tx.manifestBlob.updateMany({ where: { manifestId }, data });
  for (const repositoryId of [fromId, toId]) await recountIndexes(tx, { repositoryId, digest });
}
