// Deletes untagged manifests where the publisher has set a retention in days. Elsewhere they are kept, because people
// pull by digest. Spares manifests that were tagged within that time, that an index lists, or whose subject exists.
// Deleted manifests can be restored.
import type pg from 'pg';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { deleteManifest } from '#lib/images/delete-manifest.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';
import { isDigest } from '#lib/oci/digest.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { listUntagged } from './delete-untagged.sql.ts';

const BATCH = 200;
/** Deleted by someone else meanwhile. */
const GONE: readonly ErrorCode[] = ['repository_not_found', 'manifest_not_found'];

type App = { db: Db; pool: pg.Pool };

/** Resolves to the number of deleted manifests. A dry run counts only the first batch per repository. */
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

/** Repeats until nothing is deleted, because deleting an index frees its children. */
async function deleteOf(app: App, repository: Target, isDryRun: boolean): Promise<number> {
  for (let count = 0; ;) {
    const digests = await listUntagged(app.db, { repositoryId: repository.id, digest: null, limit: BATCH });
    if (isDryRun) return digests.length;
    let deleted = 0;
    for (const digest of digests) if (await deleteOne(app, repository, digest)) deleted += 1;
    count += deleted;
    if (deleted === 0) return count;
  }
}

async function deleteOne(app: App, repository: Target, digest: string): Promise<boolean> {
  if (!isDigest(digest)) return false;
  const isStillWanted = async (tx: DbOrTx) => {
    return (await listUntagged(tx, { repositoryId: repository.id, digest, limit: 1 })).length > 0;
  };
  try {
    return await deleteManifest(app, { caller: SYSTEM_CALLER, repository, digest, isStillWanted });
  } catch (error) {
    if (isAppError(error) && GONE.includes(error.code)) return false;
    throw error;
  }
}
