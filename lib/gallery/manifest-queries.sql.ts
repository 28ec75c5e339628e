import type pg from 'pg';

/** Reads through the pool, because Prisma would copy the payload several times on the event loop. */
export async function readManifestPayload(
  { pool }: { pool: pg.Pool },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<Buffer | undefined> {
  const { rows } = await pool.query<{ payload: Buffer }>({
    name: 'read-manifest-payload',
    text: 'SELECT payload FROM manifests WHERE repository_id = $1 AND digest = $2',
    values: [repositoryId, digest],
  });
  return rows[0]?.payload;
}
