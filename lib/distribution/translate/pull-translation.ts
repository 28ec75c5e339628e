import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';
import type { PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';
import { findTranslationByDigest } from './translated-rows.sql.ts';

/** Reads a translation by its own digest, which a client was told when it resolved a tag. Null: there is none. */
export async function pullTranslation(
  { pool }: { pool: pg.Pool },
  of: { repositoryId: bigint; digest: Digest },
): Promise<PulledManifest | null> {
  const found = await findTranslationByDigest(pool, of);
  if (!found) return null;
  const { payload } = found;
  return {
    ...found,
    repositoryId: of.repositoryId,
    sizeBytes: payload.length,
    checkedAt: null,
    isGone: false,
    cache: null,
  };
}
