import type { DbOrTx } from '#lib/platform/pg/db.ts';

export type StoredLifecyclePolicy = {
  /** JSON as its author wrote it. */
  text: string;
  /** When a run of a policy of this repository last finished; null if none did. */
  evaluatedAt: Date | null;
};

/** Callers authorize. */
export async function findLifecyclePolicy(
  { db }: { db: DbOrTx },
  repositoryId: bigint,
): Promise<StoredLifecyclePolicy | null> {
  const select = { text: true, evaluatedAt: true } as const;
  return db.lifecyclePolicy.findUnique({ where: { repositoryId }, select });
}

/** Patterns of tags whose images no policy touches. Callers authorize. */
export async function findProtectedTags({ db }: { db: DbOrTx }, repositoryId: bigint): Promise<string[]> {
  const select = { protectedTags: true } as const;
  return (await db.repository.findUnique({ where: { id: repositoryId }, select }))?.protectedTags ?? [];
}
