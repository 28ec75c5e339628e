// A manifest in the form the database takes. Lists are already serialized, because one long text crosses threads faster
// than tens of thousands of objects.
import { attachedAs, type AttachedAs } from '#lib/oci/attached-as.ts';
import type { Descriptor } from '#lib/oci/descriptor.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Manifest } from '#lib/oci/manifest.ts';
import { isForeignLayer, manifestKind, type ManifestKind } from '#lib/oci/media-types.ts';
import { platformLabelSchema } from './read-image-config.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';

/** More annotations stay in the manifest only, because inserting them all would block the event loop. */
export const MAX_ANNOTATIONS = 1_000;

export type ManifestRows = {
  kind: ManifestKind;
  mediaType: string;
  artifactType: string | null;
  subject: Digest | null;
  config: { mediaType: string; digest: Digest; size: number } | null;
  attachedAs: AttachedAs | null;
  /** JSON. */
  annotations: string;
  /** JSON for jsonb_to_recordset, like the children. */
  blobs: string;
  children: string;
  /** Distinct digests as a PostgreSQL array literal. */
  blobDigests: string;
  /** The subset that a complete image needs. */
  neededDigests: string;
  /** Sum of the sizes that the manifest claims. */
  describedBytes: number;
};

export function toManifestRows(manifest: Manifest): ManifestRows {
  const { kind, mediaType, artifactType, subject, config } = manifest;
  const blobs = listBlobs(manifest);
  const needed = blobs.filter(
    ({ kind, descriptor }) => kind === 'config' || (kind === 'layer' && !isForeignLayer(descriptor.mediaType)),
  );
  return {
    kind,
    mediaType,
    artifactType,
    subject: subject?.digest ?? null,
    attachedAs: attachedAs(manifest),
    config: config && { mediaType: config.mediaType, digest: config.digest, size: config.size },
    annotations: JSON.stringify(storableAnnotations(manifest.annotations)),
    blobs: JSON.stringify(blobs.map(toBlobRow)),
    children: JSON.stringify(manifest.children.map(toChildRow)),
    blobDigests: toTextList(blobs.map(({ descriptor }) => descriptor.digest)),
    neededDigests: toTextList(needed.map(({ descriptor }) => descriptor.digest)),
    describedBytes: sumDescribed(blobs),
  };
}

/** Formats an array literal. Digests need no quoting. */
export function toTextList(digests: readonly Digest[]): string {
  return `{${[...new Set(digests)].join()}}`;
}

export function fromTextList(list: string): string[] {
  return list.length > 2 ? list.slice(1, -1).split(',') : [];
}

type NamedBlob = { kind: 'config' | 'layer' | 'child'; position: number; descriptor: Descriptor };

/** Includes the blobs of an index, which BuildKit's caches list. */
function listBlobs({ config, layers, children }: Manifest): NamedBlob[] {
  const listed = (kind: NamedBlob['kind'], descriptors: Descriptor[]) =>
    descriptors.map((descriptor, position) => ({ kind, position, descriptor }));
  return [
    ...listed('config', config ? [config] : []),
    ...listed('layer', layers),
    ...listed('child', children).filter(({ descriptor }) => manifestKind(descriptor.mediaType) === null),
  ];
}

function toBlobRow({ kind, position, descriptor: { digest, mediaType, size } }: NamedBlob) {
  return { kind, position, digest, media_type: mediaType, size_bytes: size };
}

function toChildRow({ digest, mediaType, size, platform }: Descriptor, position: number) {
  return {
    position,
    digest,
    media_type: mediaType,
    size_bytes: size,
    os: platformLabelSchema.parse(platform?.os),
    architecture: platformLabelSchema.parse(platform?.architecture),
    variant: platformLabelSchema.parse(platform?.variant),
  };
}

function storableAnnotations(annotations: Record<string, string>): Record<string, string> {
  const entries = Object.entries(annotations).slice(0, MAX_ANNOTATIONS);
  return Object.fromEntries(entries.map(([key, value]) => [toStorableText(key), toStorableText(value)]));
}

function sumDescribed(blobs: NamedBlob[]): number {
  const sizes = new Map(blobs.map(({ descriptor }) => [descriptor.digest, descriptor.size]));
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return Math.min(bytes, Number.MAX_SAFE_INTEGER);
}
