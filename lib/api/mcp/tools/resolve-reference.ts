import { z } from 'zod';
import { parseReference, versionToTag } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { AskApi } from '../ask-api.ts';
import { apiPath, apiRepositorySchema, apiTagSchema } from './tool-schemas.ts';

export const referenceInput = z
  .string()
  .max(200)
  .optional()
  .describe('A tag, a chart version or a digest. Defaults to the current tag');

export const moveSchema = z.object({
  fromDigest: z.string().nullable(),
  toDigest: z.string().nullable(),
  at: z.string(),
});
const tagWithHistorySchema = apiTagSchema.extend({ history: z.array(moveSchema) });

export type ResolvedReference = {
  found: z.output<typeof apiRepositorySchema>;
  digest: string;
  /** Null when asked by digest. */
  tag: z.output<typeof tagWithHistorySchema> | null;
};

/** @throws AppError if the repository or the tag doesn't exist. The manifest may still be missing. */
export async function resolveReference(
  ask: AskApi,
  repository: string,
  reference: string | undefined,
): Promise<ResolvedReference> {
  const found = await ask(apiPath(repository), {}, apiRepositorySchema);
  const asked = reference ?? found.shownTag?.name;
  if (asked === undefined) throw new AppError('manifest_not_found', `${found.fullName} has no tags. Ask by digest.`);
  const parsed = parseReference(versionToTag(asked));
  if (!parsed) throw new AppError('invalid_input', 'Enter a tag, or a digest such as sha256:….');
  if (parsed.kind === 'digest') return { found, digest: parsed.digest, tag: null };
  const tag = await ask(apiPath(found.fullName, 'tags', parsed.tag), {}, tagWithHistorySchema);
  return { found, digest: tag.digest, tag };
}
