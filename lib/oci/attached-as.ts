// What stands for itself, and what only hangs on something else or can't be run: that is no tag anybody would pull.
import { evidenceKind, SIGNATURE_TYPES } from './evidence-kind.ts';
import type { Manifest } from './manifest.ts';
import { BUILDKIT_CACHE_CONFIG, isImageConfig, manifestKind } from './media-types.ts';
import { readManifest } from './read-manifest.ts';

/** `referrer`: has a subject, or lists those that have; `evidence`: of signing and building tools; `cache`: BuildKit's. */
export type AttachedAs = 'referrer' | 'evidence' | 'cache';

type Parts = Pick<Manifest, 'kind' | 'artifactType' | 'subject' | 'config' | 'layers' | 'children'>;

/** By its content. Null: it stands for itself. */
export function attachedAs({ artifactType, subject, config, layers, children }: Parts): AttachedAs | null {
  if (subject) return 'referrer';
  const isCache = [config, ...children].some((descriptor) => descriptor?.mediaType === BUILDKIT_CACHE_CONFIG);
  if (isCache) return 'cache';
  if (SIGNATURE_TYPES.includes(artifactType ?? config?.mediaType ?? '')) return 'evidence';
  // Cosign and BuildKit call it an image, and nothing in it could be unpacked.
  const isCalledImage = artifactType === null && config !== null && isImageConfig(config.mediaType);
  const isEvidence = layers.every(({ mediaType, annotations }) => evidenceKind(mediaType, annotations) !== 'other');
  return isCalledImage && layers.length > 0 && isEvidence ? 'evidence' : null;
}

const COSIGN_TAG = /^sha(?:256|512)-[0-9a-f]{64,128}\.(?:sig|att|sbom)$/;
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema, cut to what a tag may have
export const REFERRERS_TAG = /^sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{121})$/;

/** By what tools call it, whatever is in it. */
export function attachedByTag(tag: string, kind: Manifest['kind']): AttachedAs | null {
  if (COSIGN_TAG.test(tag)) return 'evidence';
  return kind === 'index' && REFERRERS_TAG.test(tag) ? 'referrer' : null;
}

function attachedUnderTag(manifest: Parts, tag: string): AttachedAs | null {
  return attachedAs(manifest) ?? attachedByTag(tag, manifest.kind);
}

/** Attachments are small, and a large manifest would hold up the event loop. */
const MAX_READ_BYTES = 64 * 1024;

/** What is stored is known by its tag alone where it is too large, or can't be read. */
export function attachedWhenStored(
  { payload, mediaType }: { payload: Uint8Array; mediaType: string },
  tag: string,
): AttachedAs | null {
  const manifest = payload.length <= MAX_READ_BYTES ? readManifest(payload, mediaType) : null;
  return manifest ? attachedUnderTag(manifest, tag) : attachedByTag(tag, manifestKind(mediaType) ?? 'image');
}
