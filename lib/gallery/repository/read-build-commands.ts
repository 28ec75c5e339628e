import { readDocument } from '#lib/images/read-document.ts';
import { isImageConfig } from '#lib/oci/media-types.ts';
import type { AnnotatedImage, AnnotationsApp } from './read-image-annotations.ts';
import { readStoredConfig } from './read-stored-config.ts';

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
  const bytes = await readStoredConfig(app, { repositoryId, digest: config });
  const read = bytes && (await readDocument(app, 'config', { bytes, key: `repository ${repositoryId}` }));
  return (read?.history ?? []).flatMap(({ created_by: command }) => command ?? []);
}
