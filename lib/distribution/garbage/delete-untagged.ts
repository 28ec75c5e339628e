// Manifests without a tag are kept: people pull by digest. Only where a publisher has set a number of days for their repository
// are those deleted that no tag names for so long, no index lists and no subject that is here carries; and they can be restored.
import type pg from 'pg';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { deleteManifest } from '#lib/images/delete-manifest.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';
import { isDigest } from '#lib/oci/digest.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';

const BATCH = 200;

type App = { db: Db; pool: pg.Pool };

/** Answers how many were deleted; a dry run counts the first round. */
export async function deleteUntagged(app: App, { isDryRun }: { isDryRun: boolean }): Promise<number> {
  const repositories = await app.db.repository.findMany({
    where: { untaggedDays: { not: null }, upstreamId: null, quarantinedAt: null, registryKey: NOT_DELETED },
    select: {
      id: true,
      registryKey: true,
      name: true,
      registry: { select: { primaryAlias: { select: { name: true } } } },
    },
  });
  let count = 0;
  for (const { registry, ...repository } of repositories) {
    const fullName = `${registry.primaryAlias?.name ?? ''}/${repository.name}`;
    count += await deleteOf(app, { ...repository, fullName }, isDryRun);
  }
  return count;
}

type Target = { id: bigint; registryKey: bigint; name: string; fullName: string };

/** An index that goes frees what it listed: again, until nothing more goes. */
async function deleteOf(app: App, repository: Target, isDryRun: boolean): Promise<number> {
  for (let count = 0; ;) {
    const digests = await findUntagged(app.db, repository.id, null);
    if (isDryRun) return digests.length;
    let deleted = 0;
    for (const digest of digests) if (await deleteOne(app, repository, digest)) deleted += 1;
    count += deleted;
    if (deleted === 0) return count;
  }
}

async function deleteOne(app: App, repository: Target, digest: string): Promise<boolean> {
  if (!isDigest(digest)) return false;
  const isStillWanted = async (tx: DbOrTx) => (await findUntagged(tx, repository.id, digest)).length > 0;
  try {
    return await deleteManifest(app, { caller: SYSTEM_CALLER, repository, digest, isStillWanted });
  } catch (error) {
    if (isAppError(error) && error.code === 'manifest_not_found') return false;
    throw error;
  }
}

/** `digest` null: any. */
async function findUntagged(db: DbOrTx, repositoryId: bigint, digest: string | null): Promise<string[]> {
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
     ORDER BY m.id LIMIT ${BATCH}`;
  return rows.map((row) => row.digest);
}
