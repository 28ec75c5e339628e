import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Lists manifests that the repository's retention rule deletes. With `digest`, checks only that manifest. */
export async function listUntagged(
  db: DbOrTx,
  { repositoryId, digest, limit }: { repositoryId: bigint; digest: string | null; limit: number },
): Promise<string[]> {
  const rows = await db.$queryRaw<{ digest: string }[]>`
    SELECT m.digest FROM manifests m JOIN repositories r ON r.id = m.repository_id
     WHERE m.repository_id = ${repositoryId} AND r.quarantined_at IS NULL AND (${digest}::text IS NULL OR m.digest = ${digest})
       AND m.pushed_at < now() - make_interval(days => r.untagged_days)
       AND NOT EXISTS (SELECT FROM tags t WHERE t.manifest_id = m.id)
       AND NOT EXISTS (SELECT FROM tag_events e
                        WHERE e.repository_id = m.repository_id AND e.from_digest = m.digest
                          AND e.at > now() - make_interval(days => r.untagged_days))
       AND NOT EXISTS (SELECT FROM deletions d
                        WHERE d.repository_id = m.repository_id AND d.kind = 'tag' AND d.digest = m.digest)
       AND NOT EXISTS (SELECT FROM manifest_children c JOIN manifests p ON p.id = c.parent_id
                        WHERE c.digest = m.digest AND p.repository_id = m.repository_id)
       AND NOT EXISTS (SELECT FROM manifests s
                        WHERE s.repository_id = m.repository_id AND s.digest = m.subject_digest)
     ORDER BY m.id LIMIT ${limit}`;
  return rows.map((row) => row.digest);
}
