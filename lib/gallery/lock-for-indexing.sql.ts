import type { DbOrTx } from '#lib/platform/pg/db.ts';

/**
 * Lets one transaction at a time index each of these repositories. Otherwise one that read older rows could write last.
 * Expects the ids in ascending order, so that two transactions don't wait for each other.
 */
export async function lockForIndexing(tx: DbOrTx, repositoryIds: bigint[]): Promise<void> {
  await tx.$queryRaw`
    SELECT pg_advisory_xact_lock(hashtextextended('index-repository ' || id, 0))::text
      FROM unnest(${repositoryIds}::bigint[]) AS id`;
}
