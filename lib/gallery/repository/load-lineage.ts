import type { ImageView } from '#lib/gallery/tag-queries.ts';
import { findLineage, type Lineage } from '#lib/images/lineage/find-lineage.ts';
import type { Db } from '#lib/platform/pg/db.ts';

type Input = { repositoryId: bigint; image: ImageView; limit: number; offset?: number };

/**
 * Loads the lineage of an image. Of an index, it is that of linux/amd64, or else of its first image. The caller
 * authorizes access to the repository.
 */
export async function loadLineage(app: { db: Db }, { image, ...input }: Input): Promise<Lineage | null> {
  const digest = imageDigest(image);
  return digest === null ? null : findLineage(app, { ...input, digest });
}

function imageDigest({ isIndex, platforms, digest }: ImageView): string | null {
  if (!isIndex) return digest;
  const here = platforms.filter(({ sizeBytes }) => sizeBytes !== null);
  const usual = here.find(({ os, architecture }) => os === 'linux' && architecture === 'amd64');
  return (usual ?? here[0])?.digest ?? null;
}
