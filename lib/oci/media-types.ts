import type { Digest } from './digest.ts';

export const OCI_IMAGE_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_IMAGE_INDEX = 'application/vnd.oci.image.index.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_MANIFEST_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
/** Docker's first format, unsigned and signed. */
export const SCHEMA_1 = 'application/vnd.docker.distribution.manifest.v1+json';
export const SCHEMA_1_SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
export function isSchema1Type(mediaType: string): boolean {
  return mediaType === SCHEMA_1 || mediaType === SCHEMA_1_SIGNED;
}

/** What layers of schema 1 are. It doesn't name their type. */
export const SCHEMA_1_LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
/** Of a gzipped archive without entries, which schema 1 lists for instructions that change no file. */
export const EMPTY_LAYER_DIGEST = 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4' as Digest;
export const OCI_IMAGE_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const DOCKER_IMAGE_CONFIG = 'application/vnd.docker.container.image.v1+json';
/** The placeholder config of artifacts. */
export const OCI_EMPTY = 'application/vnd.oci.empty.v1+json';
export const HELM_CONFIG = 'application/vnd.cncf.helm.config.v1+json';

/** Marks a BuildKit cache: the config of an image manifest, or an entry of an index. */
export const BUILDKIT_CACHE_CONFIG = 'application/vnd.buildkit.cacheconfig.v0';

export type ManifestKind = 'image' | 'index';

const MANIFEST_KINDS: Record<string, ManifestKind> = {
  [OCI_IMAGE_MANIFEST]: 'image',
  [DOCKER_MANIFEST]: 'image',
  [OCI_IMAGE_INDEX]: 'index',
  [DOCKER_MANIFEST_LIST]: 'index',
  [SCHEMA_1]: 'image',
  [SCHEMA_1_SIGNED]: 'image',
};

/** The media types of all supported manifests. */
export const MANIFEST_TYPES: readonly string[] = Object.keys(MANIFEST_KINDS);

/** Returns null for media types that aren't those of manifests. */
export function manifestKind(mediaType: string): ManifestKind | null {
  return Object.hasOwn(MANIFEST_KINDS, mediaType) ? (MANIFEST_KINDS[mediaType] ?? null) : null;
}

export function isImageConfig(mediaType: string): boolean {
  return mediaType === OCI_IMAGE_CONFIG || mediaType === DOCKER_IMAGE_CONFIG;
}

/** Foreign layers can't be redistributed: clients fetch them from `urls`, so the registry may not have them. */
export function isForeignLayer(mediaType: string): boolean {
  return (
    mediaType.startsWith('application/vnd.oci.image.layer.nondistributable.') ||
    mediaType.startsWith('application/vnd.docker.image.rootfs.foreign.')
  );
}
