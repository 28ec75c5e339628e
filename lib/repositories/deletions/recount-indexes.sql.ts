import { runStatement, type AnyTx } from '#lib/platform/pg/run-statement.ts';

const RECOUNT = `
  UPDATE manifests p
     SET content_bytes = least(${Number.MAX_SAFE_INTEGER},
           (SELECT coalesce(sum(m.content_bytes), 0) FROM manifests m
             WHERE m.repository_id = $1 AND m.digest IN (SELECT c.digest FROM manifest_children c WHERE c.parent_id = p.id))
         + (SELECT coalesce(sum(b.size_bytes), 0) FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
             WHERE l.repository_id = $1 AND l.digest IN (SELECT e.digest FROM manifest_blobs e WHERE e.manifest_id = p.id)))
   WHERE p.repository_id = $1 AND p.id IN (SELECT parent_id FROM manifest_children WHERE digest = ANY ($2))
  RETURNING p.digest`;

/** Updates the sizes of the indexes that list one of `digests`, and returns their digests. */
export async function recountParents(
  tx: AnyTx,
  { repositoryId, digests }: { repositoryId: bigint; digests: string[] },
): Promise<string[]> {
  const values = [repositoryId, digests];
  const rows = await runStatement<{ digest: string }>(tx, { name: 'recount-indexes', text: RECOUNT, values });
  return rows.map((row) => row.digest);
}
