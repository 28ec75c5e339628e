import { editDistance } from '#lib/search/query/edit-distance.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { listRecentTagNames } from './suggest-tags.sql.ts';

const MAX_COMPARED = 500;
/** Longer tags are build numbers and digests, which nobody mistypes. */
const MAX_LENGTH = 40;
const MAX_SUGGESTED = 5;
/** Bounds the time of a comparison. */
const MAX_EDITS = 3;
/** In all comparisons, without what two tags share. Takes about 5 ms, even before the function is optimised. */
const MAX_LETTERS = 2_000;

/** Suggests tags that are spelled like an unknown one, among those that were pushed last. Nearest first. */
export async function suggestTags(
  app: { db: Db },
  { repositoryId, tag }: { repositoryId: bigint; tag: string },
): Promise<string[]> {
  if (tag.length > MAX_LENGTH) return [];
  return rankNearTags(tag, await listRecentTagNames(app.db, { repositoryId, limit: MAX_COMPARED }));
}

/** `names` come in order of preference, which decides between equally near ones. */
export function rankNearTags(tag: string, names: string[]): string[] {
  const asked = normalise(tag);
  const maxEdits = Math.min(MAX_EDITS, Math.max(1, Math.floor(asked.length / 3)));
  let lettersLeft = MAX_LETTERS;
  const ranked = names.flatMap((tagName) => {
    const name = normalise(tagName);
    if (name.length > 2 * MAX_LENGTH) return [];
    // A missing or extra part (`1.2` and `1.2.3`, `1.2.3` and `1.2.3-alpine`) counts as less than a misspelt part.
    if (isPart(asked, name) || isPart(name, asked))
      return [{ tagName, cost: 0.5 + Math.abs(asked.length - name.length) / 100 }];
    if (Math.abs(asked.length - name.length) > maxEdits) return [];
    const [start, end] = sharedEnds(asked, name);
    const rest = asked.slice(start, asked.length - end);
    if (rest.length > lettersLeft) return [];
    lettersLeft -= rest.length;
    const cost = editDistance(rest, name.slice(start, name.length - end), maxEdits);
    return cost === Infinity ? [] : [{ tagName, cost }];
  });
  // Array sorting is stable.
  ranked.sort((a, b) => a.cost - b.cost);
  return ranked.slice(0, MAX_SUGGESTED).map(({ tagName }) => tagName);
}

/** Lengths of the start and of the end that two tags share, which don't change their distance. */
function sharedEnds(a: string, b: string): [start: number, end: number] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  return [start, end];
}

function isPart(whole: string, start: string): boolean {
  return whole.startsWith(start) && /^[.-]/.test(whole.slice(start.length));
}

/** Versions are often written with a `v` or without, and a chart's with `+`. */
function normalise(tag: string): string {
  return tag.toLowerCase().replace(/^v(?=\d)/, '');
}
