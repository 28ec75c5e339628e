import { editDistance } from '#lib/search/query/edit-distance.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { listRecentTagNames } from './suggest-tags.sql.ts';

const MAX_COMPARED = 500;
/** Longer tags are build numbers and digests, which nobody mistypes. */
const MAX_LENGTH = 40;
const MAX_SUGGESTED = 5;
/** Bounds the time of a comparison. */
const MAX_EDITS = 3;

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
  const ranked = names.flatMap((name) => {
    const cost = distanceOf(asked, normalise(name), maxEdits);
    return cost === null ? [] : [{ name, cost }];
  });
  // Array sorting is stable.
  ranked.sort((a, b) => a.cost - b.cost);
  return ranked.slice(0, MAX_SUGGESTED).map(({ name }) => name);
}

/** A missing or extra part (`1.2` and `1.2.3`, `1.2.3` and `1.2.3-alpine`) counts as less than a misspelt part. */
function distanceOf(asked: string, name: string, maxEdits: number): number | null {
  if (name.length > 2 * MAX_LENGTH) return null;
  if (isPart(asked, name) || isPart(name, asked)) return 0.5 + Math.abs(asked.length - name.length) / 100;
  const edits = editDistance(asked, name, maxEdits);
  return edits === Infinity ? null : edits;
}

function isPart(whole: string, start: string): boolean {
  return whole.startsWith(start) && /^[.-]/.test(whole.slice(start.length));
}

/** Versions are often written with a `v` or without, and a chart's with `+`. */
function normalise(tag: string): string {
  return tag.toLowerCase().replace(/^v(?=\d)/, '');
}
