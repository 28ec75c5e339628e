import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Updates the statistics that plans of searches rest on. */
export async function analyzeDocuments(db: DbOrTx): Promise<void> {
  await db.$executeRaw`ANALYZE search_repositories, search_words`;
}
