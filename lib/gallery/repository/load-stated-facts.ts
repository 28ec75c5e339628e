import type { LRUCache } from 'lru-cache';
import { isAppError } from '#lib/platform/errors.ts';
import { readImageAnnotations, type AnnotatedImage, type AnnotationsApp } from './read-image-annotations.ts';
import { toStatedFacts, type StatedFacts } from './stated-facts.ts';

export type StatedFactsApp = AnnotationsApp & { statedFacts: LRUCache<string, StatedFacts> };

/**
 * Returns what an image states about itself, cached by digest. The caller authorizes access to the repository. Facts are
 * missing while the image can't be read, because the rest of the page is still useful.
 */
export async function loadStatedFacts(
  app: StatedFactsApp,
  { repositoryId, image }: { repositoryId: bigint; image: AnnotatedImage },
): Promise<StatedFacts> {
  const key = `${repositoryId} ${image.digest}`;
  const known = app.statedFacts.get(key);
  if (known) return known;
  try {
    const { values, isPartial } = await readImageAnnotations(app, { repositoryId, image });
    const facts = toStatedFacts(values);
    // A mirror may fetch the rest later.
    if (!isPartial) app.statedFacts.set(key, facts);
    return facts;
  } catch (error) {
    if (isAppError(error)) return toStatedFacts({});
    throw error;
  }
}
