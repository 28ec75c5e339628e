import { getApp } from '#lib/app.ts';
import type { ImageView } from '#lib/gallery/tag-queries.ts';
import { findLineage, type Lineage } from '#lib/images/lineage/find-lineage.ts';

const MAX_DEPENDENTS = 5;

/** Loads the lineage of an image. Of an index, it is that of linux/amd64, or else of its first image. */
export async function loadLineage(repositoryId: bigint, image: ImageView): Promise<Lineage | null> {
  const digest = imageDigest(image);
  return digest === null ? null : findLineage(getApp(), { repositoryId, digest, limit: MAX_DEPENDENTS });
}

function imageDigest({ isIndex, platforms, digest }: ImageView): string | null {
  if (!isIndex) return digest;
  const here = platforms.filter(({ sizeBytes }) => sizeBytes !== null);
  const usual = here.find(({ os, architecture }) => os === 'linux' && architecture === 'amd64');
  return (usual ?? here[0])?.digest ?? null;
}
