import { isAppError } from '#lib/platform/errors.ts';
import type { SealingKeyRing } from '#lib/keys/sealing-key-ring.ts';
import type { Db } from '#lib/platform/pg/db.ts';

/** `problem` is a sentence if the key can't be used at the moment. */
export type ShownRepositoryKey = { arn: string; problem: string | null };

/** Resolves to null for a repository under the key of the site. */
export async function findRepositoryKey(
  app: { db: Db; sealingKeys: SealingKeyRing },
  { repositoryId }: { repositoryId: bigint },
): Promise<ShownRepositoryKey | null> {
  const row = await app.db.repository.findUnique({
    where: { id: repositoryId },
    select: { kmsKey: true, keyScope: true },
  });
  if (row?.kmsKey == null) return null;
  try {
    await app.sealingKeys.newest(row.keyScope);
    return { arn: row.kmsKey, problem: null };
  } catch (error) {
    if (isAppError(error)) return { arn: row.kmsKey, problem: error.message };
    throw error;
  }
}
