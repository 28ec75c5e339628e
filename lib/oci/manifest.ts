// https://github.com/opencontainers/image-spec/blob/main/manifest.md and image-index.md, plus Docker's schema 2.
import { z } from 'zod';
import { descriptorSchema, mediaTypeSchema, type Descriptor } from './descriptor.ts';
import { hasMoreValues, listOf, stringMap } from './json-limits.ts';
import { manifestKind, type ManifestKind } from './media-types.ts';

/** The spec says registries SHOULD accept at least 4 MiB, and clients reject larger manifests. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Enough for 25,000 descriptors of three fields. */
const MAX_VALUES = 100_000;
const MAX_FIELDS = 1_000;

/** The parsed fields of a manifest. The raw bytes are stored separately and unchanged. */
export type Manifest = {
  kind: ManifestKind;
  mediaType: string;
  artifactType: string | null;
  annotations: Record<string, string>;
  subject: Descriptor | null;
  /** Null for an index. */
  config: Descriptor | null;
  layers: Descriptor[];
  /** The entries of an index; empty for an image. */
  children: Descriptor[];
};

/** `problem` is a sentence to show the client. */
export type ParsedManifest = { manifest: Manifest; problem?: never } | { manifest?: never; problem: string };

const shared = {
  schemaVersion: z.literal(2, 'must be 2'),
  mediaType: mediaTypeSchema.nullish(),
  artifactType: mediaTypeSchema.or(z.literal('')).nullish(),
  subject: descriptorSchema.nullish(),
  annotations: stringMap.nullish(),
};

// Go serialises an empty slice as null.
const descriptorsSchema = listOf(descriptorSchema).nullish();

const imageSchema = z.looseObject({ ...shared, config: descriptorSchema, layers: descriptorsSchema });
const indexSchema = z.looseObject({ ...shared, manifests: descriptorsSchema });

export function parseManifest(bytes: Uint8Array, contentType: string): ParsedManifest {
  const kind = manifestKind(contentType);
  if (!kind) return { problem: `Manifests of type ${JSON.stringify(contentType)} aren't supported.` };

  if (hasTooManyValues(bytes)) return { problem: `The manifest exceeds the limit of ${MAX_VALUES} values.` };
  const document = parseJsonObject(bytes);
  if (!document) return { problem: 'The manifest must be a JSON object encoded in UTF-8.' };
  if (Object.keys(document).length > MAX_FIELDS)
    return { problem: `The manifest exceeds the limit of ${MAX_FIELDS} fields.` };
  const ambiguity = findAmbiguity(document, kind, contentType);
  if (ambiguity) return { problem: ambiguity };

  const parsed = (kind === 'image' ? imageSchema : indexSchema).safeParse(document);
  if (!parsed.success) return { problem: describeIssue(parsed.error) };
  const { config, layers, manifests, ...rest } = parsed.data as z.output<typeof imageSchema> &
    z.output<typeof indexSchema>;
  return {
    manifest: {
      kind,
      mediaType: contentType,
      artifactType: rest.artifactType || null,
      annotations: rest.annotations ?? {},
      subject: rest.subject ?? null,
      config: config ?? null,
      layers: layers ?? [],
      children: manifests ?? [],
    },
  };
}

/** Reads the media type that a manifest states. Null if it states none, or can't be parsed. */
export function readMediaType(bytes: Uint8Array): string | null {
  const document = hasTooManyValues(bytes) ? null : parseJsonObject(bytes);
  const { data } = mediaTypeSchema.safeParse(document?.['mediaType']);
  return data ?? null;
}

/** Whether the manifest has too many values to parse. Parsing one can take seconds. */
export function hasTooManyValues(manifest: Uint8Array): boolean {
  return hasMoreValues(manifest, MAX_VALUES);
}

function parseJsonObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    // Keep a byte order mark, so that JSON.parse rejects it as other clients do.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/**
 * Rejects documents that two clients could interpret differently (CVE-2021-41190). Go matches field names
 * case-insensitively, so `Layers` beside `layers` is ambiguous too.
 */
function findAmbiguity(document: Record<string, unknown>, kind: ManifestKind, contentType: string): string | null {
  const isGiven = (field: string) => document[field] !== undefined && document[field] !== null;
  if (isGiven('mediaType') && document['mediaType'] !== contentType) {
    return "The manifest's mediaType field doesn't match the Content-Type header.";
  }
  if (kind === 'index' && (isGiven('layers') || isGiven('config'))) return "An index can't have a config or layers.";
  if (kind === 'image' && isGiven('manifests')) return "An image manifest can't have a manifests field.";
  if (isGiven('fsLayers')) return "Schema version 1 manifests aren't supported.";
  const fields = [...Object.keys(shared), 'config', 'layers', 'manifests', 'fsLayers'];
  const known = new Map(fields.map((field) => [field.toLowerCase(), field]));
  const lookAlike = Object.keys(document).find((key) => (known.get(key.toLowerCase()) ?? key) !== key);
  return lookAlike === undefined
    ? null
    : `A field name differs from ${known.get(lookAlike.toLowerCase())} only in case.`;
}

function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = issue?.path.map(String).join('.').slice(0, 200) || 'The manifest';
  return `${path}: ${issue?.message ?? 'is not valid'}.`;
}
