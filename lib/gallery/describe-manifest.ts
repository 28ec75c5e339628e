import type { Digest } from '#lib/oci/digest.ts';
import type { Manifest } from '#lib/oci/manifest.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { showManifest, type ShowManifestApp } from './show-manifest.ts';

export type ManifestDescription = Omit<Manifest, 'mediaType'> & {
  mediaType: string;
  /** Size of the manifest itself. */
  sizeBytes: number;
  /** Compressed size of everything below it. */
  contentBytes: number;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  imageCreatedAt: Date | null;
  pushedAt: Date;
  /** The first of the tags that point to it. */
  tags: string[];
};

const MAX_TAGS = 100;

/** Parses a stored manifest again. Each of its lists is cut to the first 250 entries. Null when it doesn't exist. */
export async function describeManifest(
  app: ShowManifestApp & { db: Db },
  { repositoryId, digest }: { repositoryId: bigint; digest: Digest },
): Promise<ManifestDescription | null> {
  const row = await app.db.manifest.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    omit: { payload: true, annotations: true },
    include: { tags: { select: { name: true }, orderBy: { name: 'asc' }, take: MAX_TAGS } },
  });
  if (!row) return null;
  const { manifest } = await showManifest(app, row);
  // It was parsed before it was stored, so this is a bug.
  if (!manifest) throw new Error(`${digest} is stored but can't be parsed`);
  const { sizeBytes, os, architecture, variant, imageCreatedAt, pushedAt } = row;
  return {
    ...manifest,
    sizeBytes,
    os,
    architecture,
    variant,
    imageCreatedAt,
    pushedAt,
    contentBytes: Number(row.contentBytes),
    tags: row.tags.map(({ name }) => name),
  };
}
