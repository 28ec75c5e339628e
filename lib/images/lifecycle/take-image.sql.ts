import type { DbOrTx } from '#lib/platform/pg/db.ts';

export type RunPosition = { runId: string; position: number };

/**
 * Marks an image of a run as done if everything is as it was planned: the policy, the protected tags, the image's tags and, with
 * `byPulls`, its last pull. Returns whether it was. An attachment is taken once its subject is gone.
 */
export async function markTaken(
  tx: DbOrTx,
  { runId, position, byPulls }: RunPosition & { byPulls: boolean },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE lifecycle_run_images i SET outcome = 'done'
      FROM lifecycle_runs u
      JOIN repositories r ON r.id = u.repository_id AND r.protected_tags = u.protected_tags AND r.quarantined_at IS NULL
      JOIN lifecycle_policies p ON p.repository_id = u.repository_id AND p.text = u.text
      JOIN manifests m ON m.repository_id = u.repository_id
     WHERE i.run_id = ${runId}::uuid AND i.position = ${position} AND i.outcome = 'planned' AND u.id = i.run_id
       AND m.digest = i.digest AND m.is_archived = i.is_archived
       AND i.tags = ARRAY(SELECT name FROM tags t WHERE t.manifest_id = m.id ORDER BY name)
       AND (NOT ${byPulls}::boolean OR m.last_pulled_at IS NOT DISTINCT FROM i.last_pulled_at)
       AND (i.goes_with IS NULL
            OR NOT EXISTS (SELECT FROM manifests s WHERE s.repository_id = u.repository_id AND s.digest = i.goes_with))
       AND NOT EXISTS (SELECT FROM manifest_children c JOIN manifests l ON l.id = c.parent_id
                        WHERE c.digest = i.digest AND l.repository_id = u.repository_id
                          AND NOT EXISTS (SELECT FROM tags t WHERE t.manifest_id = l.id AND t.attached_as = 'referrer'))`;
  return count > 0;
}
