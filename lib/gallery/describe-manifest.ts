import type { Digest } from '#lib/oci/digest.ts';
import type { Manifest } from '#lib/oci/manifest.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { readDocument } from '#lib/images/read-document.ts';

export type ManifestDescription = Omit<Manifest, 'mediaType'> & {
  mediaType: string;
  /** Bytes of the document itself. */
  sizeBytes: number;
  /** Compressed bytes of all that is below it. */
  contentBytes: number;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  imageCreatedAt: Date | null;
  pushedAt: Date;
  /** The first so many of those that name it. */
  tags: string[];
};

const MAX_TAGS = 100;

/** A stored manifest, read again as it was when it came: of each of its lists, the first 250. Null without it. */
export async function describeManifest(
  app: { db: Db; offload: Offload },
  { repositoryId, digest }: { repositoryId: bigint; digest: Digest },
): Promise<ManifestDescription | null> {
  const row = await app.db.manifest.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    omit: { annotations: true },
    include: { tags: { select: { name: true }, orderBy: { name: 'asc' }, take: MAX_TAGS } },
  });
  if (!row) return null;
  const input = { bytes: row.payload, type: row.mediaType, key: `repository ${repositoryId}` };
  const manifest = await readDocument(app, 'shown', input);
  // It was read before it was stored, so this is a fault of ours.
  if (!manifest) throw new Error(`${digest} is stored and can't be read`);
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
