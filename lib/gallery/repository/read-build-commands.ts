import { openBytes, siteBlob } from '#lib/blobs/blob-store.ts';
import { readBlob } from '#lib/blobs/read-blob.ts';
import { readDocument } from '#lib/images/read-document.ts';
import { isDigest } from '#lib/oci/digest.ts';
import { isImageConfig } from '#lib/oci/media-types.ts';
import type { AnnotatedImage, AnnotationsApp } from './read-image-annotations.ts';

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** Returns the commands that built an image, or the first image of an index. Empty when its config isn't stored here. */
export async function readBuildCommands(
  app: AnnotationsApp,
  { repositoryId, image }: { repositoryId: bigint; image: AnnotatedImage },
): Promise<string[]> {
  const digest = (image.isIndex ? image.platforms[0]?.digest : undefined) ?? image.digest;
  const manifest = await app.db.manifest.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    select: { configMediaType: true, blobs: { where: { kind: 'config' }, select: { digest: true }, take: 1 } },
  });
  const config = manifest?.blobs[0]?.digest;
  if (config === undefined || !isImageConfig(manifest?.configMediaType ?? '')) return [];
  const link = await app.db.repositoryBlob.findUnique({
    where: { repositoryId_digest: { repositoryId, digest: config } },
    select: { blob: { select: { sha256: true } } },
  });
  const sha256 = link?.blob.sha256;
  const blob = sha256 !== undefined && isDigest(sha256) ? await openBytes(app.blobs, siteBlob(sha256)) : null;
  if (!blob) return [];
  const bytes = await readBlob(blob, MAX_CONFIG_BYTES);
  const read = bytes && (await readDocument(app, 'config', { bytes, key: `repository ${repositoryId}` }));
  return (read?.history ?? []).flatMap(({ created_by: command }) => command ?? []);
}
