import { HELM_CONFIG, isImageConfig } from '#lib/oci/media-types.ts';
import type { Kind } from '#lib/search/schema.ts';

export type ManifestTraits = { configMediaType: string | null; artifactType: string | null };

/** Derives the kind from manifests that aren't attached to an image, so that signatures and SBOMs don't count. */
export function findKind(manifests: ManifestTraits[]): Kind {
  const isImage = ({ configMediaType, artifactType }: ManifestTraits) =>
    artifactType === null && (configMediaType === null || isImageConfig(configMediaType));
  if (manifests.some(isImage)) return 'image';
  return manifests.some(({ configMediaType }) => configMediaType === HELM_CONFIG) ? 'chart' : 'artifact';
}

/** Returns how one manifest is used. An attachment is never an image, though cosign and BuildKit give it an image's config. */
export function kindOfManifest({ attachedAs, ...traits }: ManifestTraits & { attachedAs: string | null }): Kind {
  return attachedAs === null ? findKind([traits]) : 'artifact';
}
