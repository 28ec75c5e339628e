import type { DbOrTx } from '#lib/platform/pg/db.ts';

export type AnnotationRow = {
  digest: string;
  configMediaType: string | null;
  configDigest: string | null;
  annotations: Record<string, string> | null;
};

/** Reads only the given keys, because annotations may have megabytes. Longer values than `maxLength` are cut. */
export async function readAnnotationRows(
  db: DbOrTx,
  input: { repositoryId: bigint; digests: string[]; keys: readonly string[]; maxLength: number },
): Promise<AnnotationRow[]> {
  const { repositoryId, digests, keys, maxLength } = input;
  return db.$queryRaw`
    SELECT m.digest, m.config_media_type AS "configMediaType",
           (SELECT b.digest FROM manifest_blobs b WHERE b.manifest_id = m.id AND b.kind = 'config' LIMIT 1) AS "configDigest",
           (SELECT jsonb_object_agg(key, left(m.annotations ->> key, ${maxLength}::int))
              FROM unnest(${keys as string[]}::text[]) AS key WHERE jsonb_typeof(m.annotations -> key) = 'string') AS annotations
      FROM manifests m WHERE m.repository_id = ${repositoryId} AND m.digest = ANY (${digests}::text[])`;
}
