import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { countOwnRows, listOwnRows, type OwnRepositoryPage, type OwnRepositoryRow } from './own-repositories.sql.ts';

export type OwnRepositoryView = OwnRepositoryRow;

/** Lists repositories of a registry, including private and empty ones, as its members see them. Callers authorize. */
export async function listOwnRepositories(
  { db }: { db: DbOrTx },
  { registryKey, ...page }: OwnRepositoryPage & { registryKey: bigint },
): Promise<{ repositories: OwnRepositoryView[]; total: number }> {
  const [repositories, total] = await Promise.all([
    listOwnRows(db, registryKey, page),
    countOwnRows(db, registryKey, page),
  ]);
  return { repositories, total };
}
