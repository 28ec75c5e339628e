import type { Caller } from '#lib/access/schema.ts';
import { readConfigBlob } from '#lib/distribution/pull/read-config-blob.ts';
import type { MirroredBlobApp } from '#lib/distribution/pull/mirrored/pull-mirrored-blob.ts';
import { getManifestPage, type ManifestView } from '#lib/gallery/manifest-queries.ts';
import type { ShowManifestApp } from '#lib/gallery/show-manifest.ts';
import { getImage, getTag, type ImageView } from '#lib/gallery/tag-queries.ts';
import { readDocument } from '#lib/images/read-document.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import type { ImageConfig } from '#lib/oci/image-config.ts';
import { isImageConfig } from '#lib/oci/media-types.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { findVisibleRepository, type VisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { parseComparedReference } from './parse-compared-reference.ts';

export type ComparisonApp = MirroredBlobApp & ShowManifestApp;

/** One side of a comparison, before a platform is chosen. */
export type ComparedImage = {
  repository: VisibleRepository;
  fullName: string;
  /** A tag or a digest. */
  reference: string;
  /** Of an index, its own digest. */
  digest: string;
  pushedAt: Date;
  imageCreatedAt: Date | null;
  /** Platforms with their manifests. An image without a platform has one without a name. */
  platforms: { name: string; digest: string; isHere: boolean }[];
};

/**
 * Finds an image that the caller may see.
 * @throws AppError `invalid_input`, `repository_not_found`, `manifest_not_found`
 */
export async function loadComparedImage(
  app: ComparisonApp,
  { caller, fullName, text }: { caller: Caller; fullName: string; text: string },
): Promise<ComparedImage> {
  const parsed = parseComparedReference(text);
  if (!parsed) {
    throw new AppError('invalid_input', 'Enter a tag, a digest, or ALIAS/NAME:TAG of another repository.');
  }
  const asked = parsed.fullName ?? fullName;
  const repository = await findVisibleRepository(app, { caller, fullName: asked });
  if (!repository) throw new AppError('repository_not_found', `Repository ${JSON.stringify(asked)} doesn't exist.`);
  const { reference } = parsed;
  const digest = parseDigest(reference);
  const image = digest
    ? await getImage(app, { repositoryId: repository.id, digest })
    : await getTag(app, { repositoryId: repository.id, tag: reference });
  if (!image) {
    const what = `${digest ? 'manifest' : 'tag'} ${JSON.stringify(reference)}`;
    throw new AppError('manifest_not_found', `${repository.fullName} has no ${what}.`);
  }
  return {
    repository,
    fullName: repository.fullName,
    reference,
    digest: image.digest,
    pushedAt: image.pushedAt,
    imageCreatedAt: image.imageCreatedAt,
    platforms: platformsOf(image),
  };
}

function platformsOf({ isIndex, platforms, digest }: ImageView): ComparedImage['platforms'] {
  const named = platforms.map((platform) => ({
    name: [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/'),
    digest: platform.digest,
    isHere: platform.sizeBytes !== null,
  }));
  return named.length > 0 || isIndex ? named : [{ name: '', digest, isHere: true }];
}

export type ComparedManifest = {
  view: ManifestView;
  /** Null if it isn't an image config or can't be read. */
  config: ImageConfig | null;
  /** Why the config of an image can't be read. */
  problem: string | null;
};

/** Reads the manifest of one platform and its config. Null when it isn't stored here. */
export async function loadComparedManifest(
  app: ComparisonApp,
  { repository, digest }: { repository: VisibleRepository; digest: string },
): Promise<ComparedManifest | null> {
  const view = await getManifestPage(app, { repositoryId: repository.id, digest });
  const config = view?.manifest?.config;
  if (!view) return null;
  if (view.embeddedConfig) return { view, config: view.embeddedConfig, problem: null };
  if (!config || !isImageConfig(config.mediaType)) return { view, config: null, problem: null };
  const { bytes, problem } = await readConfigBlob(app, { repository, config });
  if (!bytes) return { view, config: null, problem };
  try {
    const image = await readDocument(app, 'config', { bytes, key: `repository ${repository.id}` });
    return { view, config: image, problem: image ? null : 'The config isn’t valid JSON.' };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { view, config: null, problem: 'The config can’t be read right now.' };
  }
}
