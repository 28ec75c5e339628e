// https://github.com/opencontainers/image-spec/blob/main/manifest.md and image-index.md, and Docker's schema 2 beside them.
import { z } from 'zod';
import { descriptorSchema, mediaTypeSchema, type Descriptor } from './descriptor.ts';
import { hasMoreValues, listOf, textMap } from './json-limits.ts';
import { manifestKind, type ManifestKind } from './media-types.ts';

/** The SHOULD of the spec is "at least 4 MiB", and clients refuse more. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Enough for 25,000 descriptors of three fields. */
const MAX_VALUES = 100_000;
const MAX_FIELDS = 1_000;

/** What is read off a manifest; the bytes themselves stay as they came. */
export type Manifest = {
  kind: ManifestKind;
  mediaType: string;
  artifactType: string | null;
  annotations: Record<string, string>;
  subject: Descriptor | null;
  /** Null for an index. */
  config: Descriptor | null;
  layers: Descriptor[];
  /** What an index lists. */
  children: Descriptor[];
};

/** `problem` is a sentence for the client. */
export type ParsedManifest = { manifest: Manifest; problem?: never } | { manifest?: never; problem: string };

const shared = {
  schemaVersion: z.literal(2, 'must be 2'),
  mediaType: mediaTypeSchema.nullish(),
  artifactType: mediaTypeSchema.or(z.literal('')).nullish(),
  subject: descriptorSchema.nullish(),
  annotations: textMap.nullish(),
};

// Go writes an empty list as null.
const descriptorsSchema = listOf(descriptorSchema).nullish();

const imageSchema = z.looseObject({ ...shared, config: descriptorSchema, layers: descriptorsSchema });
const indexSchema = z.looseObject({ ...shared, manifests: descriptorsSchema });

export function parseManifest(bytes: Uint8Array, contentType: string): ParsedManifest {
  const kind = manifestKind(contentType);
  if (!kind) return { problem: `This registry doesn't store manifests of type ${JSON.stringify(contentType)}.` };

  if (isTooDense(bytes)) return { problem: `A manifest has at most ${MAX_VALUES} values.` };
  const document = parseJsonObject(bytes);
  if (!document) return { problem: 'A manifest is a JSON object in UTF-8.' };
  if (Object.keys(document).length > MAX_FIELDS) return { problem: `A manifest has at most ${MAX_FIELDS} fields.` };
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

/** Takes seconds to parse. */
export function isTooDense(manifest: Uint8Array): boolean {
  return hasMoreValues(manifest, MAX_VALUES);
}

function parseJsonObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    // A byte order mark stays in, so that JSON.parse refuses it as other clients do.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/**
 * Two clients must never read one document as two things (CVE-2021-41190): not by its Content-Type and its `mediaType`,
 * not by the fields of both kinds, not by `Layers` beside `layers`, which are one field to Go.
 */
function findAmbiguity(document: Record<string, unknown>, kind: ManifestKind, contentType: string): string | null {
  const isGiven = (field: string) => document[field] !== undefined && document[field] !== null;
  if (isGiven('mediaType') && document['mediaType'] !== contentType) {
    return 'The Content-Type and the mediaType field of the manifest differ.';
  }
  if (kind === 'index' && (isGiven('layers') || isGiven('config'))) return 'An index has neither config nor layers.';
  if (kind === 'image' && isGiven('manifests')) return 'An image manifest has no list of manifests.';
  if (isGiven('fsLayers')) return 'Manifests of schema version 1 are not accepted.';
  const fields = [...Object.keys(shared), 'config', 'layers', 'manifests', 'fsLayers'];
  const known = new Map(fields.map((field) => [field.toLowerCase(), field]));
  const lookAlike = Object.keys(document).find((key) => (known.get(key.toLowerCase()) ?? key) !== key);
  return lookAlike === undefined ? null : `A field differs from ${known.get(lookAlike.toLowerCase())} only by case.`;
}

function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = issue?.path.map(String).join('.').slice(0, 200) || 'The manifest';
  return `${path}: ${issue?.message ?? 'is not valid'}.`;
}
