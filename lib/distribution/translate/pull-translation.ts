import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { contentKeyOf, pullManifest, type PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { findTranslationByDigest } from './translated-rows.sql.ts';

type App = Parameters<typeof pullManifest>[0];
type Input = { repository: FoundRepository; digest: Digest };

/**
 * Pulls a manifest by digest, or a translation, whose digest a client was told when it resolved a tag.
 * @throws AppError as pullManifest
 */
export async function pullManifestOrTranslation(app: App, { repository, digest }: Input): Promise<PulledManifest> {
  const reference = { kind: 'digest', digest } as const;
  const find = () => findTranslated(app, { repositoryId: repository.id, digest });
  // An upstream knows nothing of translations, and would be asked in vain each time.
  if (isMirrored(repository)) return (await find()) ?? pullManifest(app, { repository, reference });
  try {
    return await pullManifest(app, { repository, reference });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'manifest_not_found') throw error;
    const load = async () => {
      const found = await find();
      if (!found) throw error;
      return found;
    };
    return app.pullCache.content(contentKeyOf(repository.id, reference), load, sizeOf);
  }
}

const sizeOf = ({ sizeBytes }: PulledManifest) => sizeBytes;

async function findTranslated(
  { pool }: { pool: pg.Pool },
  of: { repositoryId: bigint; digest: Digest },
): Promise<PulledManifest | null> {
  const found = await findTranslationByDigest(pool, of);
  if (!found) return null;
  const { repositoryId } = of;
  return { ...found, repositoryId, sizeBytes: found.payload.length, checkedAt: null, isGone: false, cache: null };
}
