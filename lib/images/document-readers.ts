// Parsers for untrusted documents. Each runs on the event loop or on a worker thread (read-document.ts).
import { parseImageConfig, type ImageConfig } from '#lib/oci/image-config.ts';
import { parseManifest, readMediaType, type Manifest } from '#lib/oci/manifest.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { isSchema1Type } from '#lib/oci/media-types.ts';
import { readManifest } from '#lib/oci/read-manifest.ts';
import { toManifestRows, type ManifestRows } from './manifest-rows.ts';
import { readImageConfig, readImageLabels, type ImageFacts } from './read-image-config.ts';
import { readSchema1Config } from './schema-1/read-schema-1-config.ts';
import { readPushedSchema1, type SchemaProblem } from './schema-1/read-pushed-schema-1.ts';

/** Entries kept of each list. Docker images have at most 127 layers. */
export const MAX_SHOWN = 250;

export const READERS = {
  /** A pushed manifest. */
  pushed: (bytes: Uint8Array, contentType: string): { rows: ManifestRows } | { problem: string } => {
    const { manifest, problem } = parseManifest(bytes, contentType);
    return manifest ? { rows: toManifestRows(manifest) } : { problem };
  },
  /** A pushed manifest of schema 1. */
  schema1: (bytes: Uint8Array) => describeSchema1(bytes, false),
  unsignedSchema1: (bytes: Uint8Array) => describeSchema1(bytes, true),
  /** The media type that a manifest states. Null if it states none. */
  mediaType: (bytes: Uint8Array): string | null => readMediaType(bytes),
  /** A manifest from an upstream. */
  fetched: (bytes: Uint8Array, contentType: string): ManifestRows | null => {
    const manifest = readManifest(bytes, contentType);
    // Its digest isn't that of the bytes, and registries of today send none.
    return manifest && !isSchema1Type(manifest.mediaType) ? toManifestRows(manifest) : null;
  },
  /** A stored manifest, for display. */
  shown: (bytes: Uint8Array, mediaType: string): Manifest | null => {
    const manifest = readManifest(bytes, mediaType);
    return manifest && cutManifest(manifest);
  },
  /** What a schema 1 manifest says in place of a config. */
  schema1Config: (bytes: Uint8Array): ImageConfig | null => cutConfig(readSchema1Config(bytes)),
  labels: (bytes: Uint8Array) => readImageLabels(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
  facts: (bytes: Uint8Array) => readImageConfig(bytes),
  config: (bytes: Uint8Array): ImageConfig | null => {
    return cutConfig(parseImageConfig(bytes));
  },
};

export type DescribedSchema1 = { rows: ManifestRows; digest: Digest; facts: ImageFacts };

function describeSchema1(bytes: Uint8Array, takesUnsigned: boolean): DescribedSchema1 | SchemaProblem {
  const read = readPushedSchema1(bytes, takesUnsigned);
  if ('problem' in read) return read;
  const facts = readImageConfig(Buffer.from(read.config));
  // Docker had no other system then, and didn't always name it.
  return { rows: toManifestRows(read.manifest), digest: read.digest, facts: { ...facts, os: facts.os ?? 'linux' } };
}

function cutConfig(config: ImageConfig | null): ImageConfig | null {
  return config && { ...config, history: config.history?.slice(0, MAX_SHOWN) };
}

function cutManifest(manifest: Manifest): Manifest {
  return {
    ...manifest,
    annotations: Object.fromEntries(Object.entries(manifest.annotations).slice(0, MAX_SHOWN)),
    layers: manifest.layers.slice(0, MAX_SHOWN),
    children: manifest.children.slice(0, MAX_SHOWN),
  };
}
