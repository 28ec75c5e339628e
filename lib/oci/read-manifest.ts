// Lenient parsing, for manifests pulled from other registries. Pushed manifests are parsed strictly by manifest.ts.
import { z } from 'zod';
import { digestSchema, type Descriptor } from './descriptor.ts';
import { isDigest } from './digest.ts';
import type { Manifest } from './manifest.ts';
import {
  EMPTY_LAYER_DIGEST,
  isSchema1Type,
  manifestKind,
  OCI_IMAGE_CONFIG,
  OCI_IMAGE_INDEX,
  OCI_IMAGE_MANIFEST,
  SCHEMA_1_LAYER,
} from './media-types.ts';

const MAX_TYPE_LENGTH = 255;
/** The fallback type of a layer. Its first bytes decide how it is unpacked. */
const UNTYPED_LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** A media type with any parameters, restricted to printable ASCII. */
const typeSchema = z
  .string()
  .max(MAX_TYPE_LENGTH)
  .regex(/^[\x20-\x7e]+$/);

const annotationsSchema = z
  .custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
  .transform((entries) =>
    Object.fromEntries(
      Object.entries(entries).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  )
  .catch({});

const labelSchema = z.string().nullish().catch(null);
const platformSchema = z
  .looseObject({ os: labelSchema, architecture: labelSchema, variant: labelSchema })
  .nullish()
  .catch(null);

/** Requires only a valid digest. A missing size becomes 0. */
function descriptorSchema(untyped: string) {
  return z.looseObject({
    mediaType: typeSchema.catch(untyped),
    digest: digestSchema,
    size: z.int().nonnegative().catch(0),
    artifactType: typeSchema.nullish().catch(null),
    annotations: annotationsSchema.nullish(),
    platform: platformSchema,
  });
}

const SCHEMAS = {
  config: descriptorSchema(OCI_IMAGE_CONFIG),
  layer: descriptorSchema(UNTYPED_LAYER),
  child: descriptorSchema(OCI_IMAGE_MANIFEST),
};

function readDescriptor(kind: keyof typeof SCHEMAS, value: unknown): Descriptor | null {
  // A cheap check first: zod takes long to describe each invalid item of a hostile list.
  const isUsable = typeof value === 'object' && value !== null && 'digest' in value && isDigest(String(value.digest));
  return isUsable ? (SCHEMAS[kind].safeParse(value).data ?? null) : null;
}

function readList(kind: keyof typeof SCHEMAS, value: unknown): Descriptor[] {
  return Array.isArray(value) ? value.flatMap((item) => readDescriptor(kind, item) ?? []) : [];
}

/** Reads the manifest list of an index or a referrers response. Skips invalid entries. */
export function readDescriptors(values: unknown[]): Descriptor[] {
  return readList('child', values);
}

/**
 * Reads a manifest, skipping invalid parts. Returns null if it isn't a supported kind of manifest.
 * @param contentType the upstream's Content-Type header; the document decides if that is too generic
 */
export function readManifest(bytes: Uint8Array, contentType: string): Manifest | null {
  const document = parseObject(bytes);
  const mediaType = document && findMediaType(document, contentType);
  const kind = mediaType ? manifestKind(mediaType) : null;
  if (!document || !mediaType || !kind) return null;
  if (isSchema1Type(mediaType)) return readSchema1(document, mediaType);
  const isImage = kind === 'image';
  return {
    kind,
    mediaType,
    artifactType: typeSchema.safeParse(document['artifactType']).data ?? null,
    annotations: annotationsSchema.parse(document['annotations']),
    subject: readDescriptor('child', document['subject']),
    config: isImage ? readDescriptor('config', document['config']) : null,
    layers: isImage ? readList('layer', document['layers']) : [],
    children: isImage ? [] : readList('child', document['manifests']),
  };
}

/** Lists the newest layer first, without sizes and types. */
function readSchema1({ fsLayers }: Record<string, unknown>, mediaType: string): Manifest {
  const layers = Array.isArray(fsLayers) ? [...(fsLayers as unknown[])].reverse() : [];
  const toLayer = (layer: unknown) => {
    const digest = typeof layer === 'object' && layer !== null && 'blobSum' in layer ? layer.blobSum : null;
    return digest === EMPTY_LAYER_DIGEST ? null : { mediaType: SCHEMA_1_LAYER, digest };
  };
  return {
    kind: 'image',
    mediaType,
    artifactType: null,
    annotations: {},
    subject: null,
    config: null,
    layers: readList('layer', layers.map(toLayer)),
    children: [],
  };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8').decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Some upstreams send application/json or no Content-Type, and OCI documents may omit `mediaType`. */
function findMediaType(document: Record<string, unknown>, contentType: string): string | null {
  const header = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const own = document['mediaType'];
  const named = [header, own].find((type) => typeof type === 'string' && manifestKind(type) !== null);
  if (typeof named === 'string') return named;
  if (typeof own === 'string' && own !== '') return null;
  if (Array.isArray(document['manifests'])) return OCI_IMAGE_INDEX;
  return document['schemaVersion'] === 2 && document['config'] ? OCI_IMAGE_MANIFEST : null;
}
