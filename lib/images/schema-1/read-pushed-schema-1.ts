// Docker's first manifest format: https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-1.md
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { digestSchema } from '#lib/oci/descriptor.ts';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import { listOf } from '#lib/oci/json-limits.ts';
import { hasTooManyValues, type Manifest } from '#lib/oci/manifest.ts';
import { EMPTY_LAYER_DIGEST, SCHEMA_1, SCHEMA_1_LAYER, SCHEMA_1_SIGNED } from '#lib/oci/media-types.ts';
import { openSignedManifest } from './open-signed-manifest.ts';

/** Docker 1.6 to 1.9 send no type, or this one. */
const UNTYPED = ['', 'application/json'];

const schema = z.looseObject({
  schemaVersion: z.literal(1, 'must be 1'),
  name: z.string().max(255),
  tag: z.string().max(128),
  architecture: z.string().nullish(),
  fsLayers: listOf(z.looseObject({ blobSum: digestSchema })),
  history: listOf(z.looseObject({ v1Compatibility: z.string() })),
});

/** `digest` is that of the signed bytes. `config` describes the image as an image config does. */
export type PushedSchema1 = { manifest: Manifest; digest: Digest; config: string };
export type SchemaProblem = { problem: string; isUnverified: boolean };

/** Whether a pushed manifest is schema 1. Costs nothing for other types. */
export function isSchema1(bytes: Uint8Array, contentType: string): boolean {
  if (contentType === SCHEMA_1 || contentType === SCHEMA_1_SIGNED) return true;
  return (
    UNTYPED.includes(contentType) && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('"fsLayers"')
  );
}

/** Reads a manifest of schema 1. @param takesUnsigned whether signatures may be absent */
export function readPushedSchema1(bytes: Uint8Array, takesUnsigned: boolean): PushedSchema1 | SchemaProblem {
  if (hasTooManyValues(bytes)) return invalid('The manifest has too many values.');
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const signed = openSignedManifest(whole);
  if (signed.problem !== undefined && !(signed.isUnsigned && takesUnsigned))
    return { problem: signed.problem, isUnverified: !signed.isUnsigned };
  const payload = signed.payload ?? whole;
  const parsed = schema.safeParse(parse(payload));
  if (!parsed.success) return invalid('The manifest doesn’t describe an image as schema 1 does.');
  const { fsLayers, history } = parsed.data;
  const [top] = history;
  if (!top || fsLayers.length !== history.length)
    return invalid('The manifest must have one history entry for each layer, and at least one layer.');
  const digests = fsLayers.map(({ blobSum }) => blobSum).filter((digest) => digest !== EMPTY_LAYER_DIGEST);
  return {
    manifest: {
      kind: 'image',
      mediaType: signed.payload ? SCHEMA_1_SIGNED : SCHEMA_1,
      artifactType: null,
      annotations: {},
      subject: null,
      config: null,
      // Schema 1 lists the newest first, and no sizes.
      layers: digests.reverse().map((digest) => ({ mediaType: SCHEMA_1_LAYER, digest, size: 0 })),
      children: [],
    },
    digest: toDigest('sha256', createHash('sha256').update(payload).digest('hex')),
    config: top.v1Compatibility,
  };
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload));
  } catch {
    return null;
  }
}

function invalid(problem: string): SchemaProblem {
  return { problem, isUnverified: false };
}
