// Reads an image's config. It is untrusted, so only well-formed values count.
import { z } from 'zod';
import { configHasTooManyValues } from '#lib/oci/image-config.ts';
import { stringMap } from '#lib/oci/json-limits.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';

export type ImageFacts = {
  os: string | null;
  architecture: string | null;
  variant: string | null;
  /** When the image was built. */
  imageCreatedAt: Date | null;
};

export const NO_IMAGE_FACTS: ImageFacts = { os: null, architecture: null, variant: null, imageCreatedAt: null };

const MAX_LABEL_LENGTH = 64;

export const platformLabelSchema = z
  .string()
  .transform(toStorableText)
  .pipe(z.string().min(1).max(MAX_LABEL_LENGTH))
  .nullish()
  .catch(null)
  .transform((label) => label ?? null);

// Go writes a zero time as year 1.
const createdSchema = z
  .string()
  .transform((text) => new Date(text))
  .pipe(z.date().min(new Date(0)).max(new Date('9999-12-31')))
  .nullish()
  .catch(null)
  .transform((date) => date ?? null);

const configSchema = z
  .object({
    os: platformLabelSchema,
    architecture: platformLabelSchema,
    variant: platformLabelSchema,
    created: createdSchema,
  })
  .transform(({ created, ...platform }): ImageFacts => ({ ...platform, imageCreatedAt: created }));

export function readImageConfig(bytes: Uint8Array): ImageFacts {
  if (configHasTooManyValues(bytes)) return NO_IMAGE_FACTS;
  try {
    return configSchema.catch(NO_IMAGE_FACTS).parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return NO_IMAGE_FACTS;
  }
}

const labelsSchema = z.object({ config: z.object({ Labels: stringMap }) });

/** Returns the image's labels, or none when they are malformed. */
export function readImageLabels(bytes: Buffer): Record<string, string> {
  if (configHasTooManyValues(bytes)) return {};
  try {
    return labelsSchema.parse(JSON.parse(bytes.toString('utf8'))).config.Labels;
  } catch {
    return {};
  }
}
