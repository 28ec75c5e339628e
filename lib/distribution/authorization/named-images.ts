// Images as requests at /v2 name them, for policies.
import type { NamedImage } from '#lib/access/access-question.ts';
import type { Reference } from '#lib/oci/reference.ts';

/** As many tags as a push can set. The handler refuses more. */
export const MAX_TAG_PARAMETERS = 100;

export function toNamedImage(reference: Reference): NamedImage {
  return reference.kind === 'tag' ? { tag: reference.tag } : { digest: reference.digest };
}

/** Lists the images that a write names. A push by digest may set several tags, of which each has to be allowed. */
export function namedImages(reference: Reference | undefined, query: URLSearchParams): NamedImage[] {
  if (!reference) return [];
  const image = toNamedImage(reference);
  const tags = reference.kind === 'digest' ? [...new Set(query.getAll('tag'))].slice(0, MAX_TAG_PARAMETERS) : [];
  return tags.length === 0 ? [image] : tags.map((tag) => ({ ...image, tag }));
}
