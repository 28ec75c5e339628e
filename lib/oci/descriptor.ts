// https://github.com/opencontainers/image-spec/blob/main/descriptor.md
import { z } from 'zod';
import { isDigest, type Digest } from './digest.ts';
import { stringMap } from './json-limits.ts';

// RFC 6838 §4.2: at most 127 characters on each side of the slash.
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&\-^_.+]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&\-^_.+]{0,126}$/;

export const mediaTypeSchema = z.string().regex(MEDIA_TYPE, 'must be a media type');

export const digestSchema = z.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'must be a sha256 or sha512 digest',
);

const platformSchema = z.looseObject({
  os: z.string().nullish(),
  architecture: z.string().nullish(),
  variant: z.string().nullish(),
});

/** Allows unknown fields: manifests are stored as the bytes received, never re-serialised. */
export const descriptorSchema = z.looseObject({
  mediaType: mediaTypeSchema,
  digest: digestSchema,
  size: z.int().nonnegative(),
  artifactType: z.string().nullish(),
  annotations: stringMap.nullish(),
  platform: platformSchema.nullish(),
});

export type Descriptor = z.output<typeof descriptorSchema>;
