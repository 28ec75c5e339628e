import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Sums the blobs that a repository links. */
export async function sumLinkedBytes(db: DbOrTx, repositoryId: bigint): Promise<number> {
  const [row] = await db.$queryRaw<{ bytes: bigint }[]>`
    SELECT coalesce(sum(b.size_bytes), 0)::bigint AS bytes
      FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id WHERE l.repository_id = ${repositoryId}`;
  return Number(row?.bytes ?? 0);
}
