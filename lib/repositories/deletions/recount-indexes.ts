import { runStatement, type AnyTx } from '#lib/platform/pg/run-statement.ts';

/** Nested indexes are rare, and deeper nesting doesn't occur in practice. */
const MAX_LEVELS = 4;

const RECOUNT = `
  UPDATE manifests p
     SET content_bytes = least(${Number.MAX_SAFE_INTEGER},
           (SELECT coalesce(sum(m.content_bytes), 0) FROM manifests m
             WHERE m.repository_id = $1 AND m.digest IN (SELECT c.digest FROM manifest_children c WHERE c.parent_id = p.id))
         + (SELECT coalesce(sum(b.size_bytes), 0) FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
             WHERE l.repository_id = $1 AND l.digest IN (SELECT e.digest FROM manifest_blobs e WHERE e.manifest_id = p.id)))
   WHERE p.repository_id = $1 AND p.id IN (SELECT parent_id FROM manifest_children WHERE digest = ANY ($2))
  RETURNING p.digest`;

/**
 * Updates the sizes of all indexes above `digest`. The content of an index changes after its push when a child arrives
 * (a sparse
 * index, a mirrored image) or is deleted. The caller holds the repository's lock.
 */
export async function recountIndexes(
  tx: AnyTx,
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<void> {
  let digests = [digest];
  for (let level = 0; level < MAX_LEVELS && digests.length > 0; level += 1) {
    const values = [repositoryId, digests];
    const rows = await runStatement<{ digest: string }>(tx, { name: 'recount-indexes', text: RECOUNT, values });
    digests = rows.map((row) => row.digest);
  }
}
