export const OCI_IMAGE_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_IMAGE_INDEX = 'application/vnd.oci.image.index.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_MANIFEST_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
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
};

/** The media types of all supported manifests. */
export const MANIFEST_TYPES: readonly string[] = Object.keys(MANIFEST_KINDS);

/** Returns null for unsupported media types, including schema 1 manifests. */
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
