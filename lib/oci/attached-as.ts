// Tells images that users pull from attachments: signatures, attestations, referrers and build caches.
import { evidenceKind, SIGNATURE_TYPES } from './evidence-kind.ts';
import type { Manifest } from './manifest.ts';
import { BUILDKIT_CACHE_CONFIG, isImageConfig, manifestKind } from './media-types.ts';
import { readManifest } from './read-manifest.ts';

/**
 * `referrer`: has a subject, or is a referrers index.
 * `evidence`: written by a signing or build tool.
 * `cache`: a BuildKit cache.
 */
export type AttachedAs = 'referrer' | 'evidence' | 'cache';

type Parts = Pick<Manifest, 'kind' | 'artifactType' | 'subject' | 'config' | 'layers' | 'children'>;

/** Classifies a manifest by its content. Returns null for one that isn't an attachment. */
export function attachedAs({ artifactType, subject, config, layers, children }: Parts): AttachedAs | null {
  if (subject) return 'referrer';
  const isCache = [config, ...children].some((descriptor) => descriptor?.mediaType === BUILDKIT_CACHE_CONFIG);
  if (isCache) return 'cache';
  if (SIGNATURE_TYPES.includes(artifactType ?? config?.mediaType ?? '')) return 'evidence';
  // Cosign and BuildKit reuse the image config type for manifests whose layers aren't filesystem archives.
  const isCalledImage = artifactType === null && config !== null && isImageConfig(config.mediaType);
  const isEvidence = layers.every(({ mediaType, annotations }) => evidenceKind(mediaType, annotations) !== 'other');
  return isCalledImage && layers.length > 0 && isEvidence ? 'evidence' : null;
}

const COSIGN_TAG = /^sha(?:256|512)-[0-9a-f]{64,128}\.(?:sig|att|sbom)$/;
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema, truncated to 128 characters
export const REFERRERS_TAG = /^sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{121})$/;

/** Classifies a manifest by the naming conventions of tools, regardless of its content. */
export function attachedByTag(tag: string, kind: Manifest['kind']): AttachedAs | null {
  if (COSIGN_TAG.test(tag)) return 'evidence';
  return kind === 'index' && REFERRERS_TAG.test(tag) ? 'referrer' : null;
}

function attachedUnderTag(manifest: Parts, tag: string): AttachedAs | null {
  return attachedAs(manifest) ?? attachedByTag(tag, manifest.kind);
}

/** Attachments are small, and parsing a large manifest blocks the event loop. */
const MAX_READ_BYTES = 64 * 1024;

/** Classifies a stored manifest. Falls back to the tag alone when the payload is too large or unreadable. */
export function storedAttachedAs(
  { payload, mediaType }: { payload: Uint8Array; mediaType: string },
  tag: string,
): AttachedAs | null {
  const manifest = payload.length <= MAX_READ_BYTES ? readManifest(payload, mediaType) : null;
  return manifest ? attachedUnderTag(manifest, tag) : attachedByTag(tag, manifestKind(mediaType) ?? 'image');
}
