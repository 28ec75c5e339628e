import type { Digest } from '#lib/oci/digest.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

export async function lockLink(
  tx: DbOrTx,
  { repositoryId, digest }: { repositoryId: bigint; digest: Digest },
): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM repository_blobs WHERE repository_id = ${repositoryId} AND digest = ${digest} FOR UPDATE`;
}
