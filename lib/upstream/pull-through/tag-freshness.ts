// Decides how long a tag's last answer from the upstream stays fresh.
import type { TagRule } from '#lib/upstream/schema.ts';
import type { UpstreamRateLimit } from '#lib/upstream/client/upstream-client.ts';

/** Below this share of Docker Hub's pull limit, tags stay fresh longer by this factor. */
const LOW_PART = 0.1;
const STRETCH = 12;

/** Docker Hub's. */
const UNKNOWN_WINDOW_SECONDS = 6 * 3600;

type Settings = { tagTtlSeconds: number; tagRules: TagRule[] };

export function tagTtlSeconds(settings: Settings, tag: string, rateLimit: UpstreamRateLimit | null): number {
  const rule = settings.tagRules.find(({ pattern }) => matchesPattern(pattern, tag));
  const ttlSeconds = rule?.ttlSeconds ?? settings.tagTtlSeconds;
  const isLow = rateLimit !== null && !isOver(rateLimit) && rateLimit.remaining < rateLimit.limit * LOW_PART;
  return isLow ? ttlSeconds * STRETCH : ttlSeconds;
}

/** A window of 0 is unknown, and counts as the longest that registries use. */
function isOver({ windowSeconds, seenAt }: UpstreamRateLimit): boolean {
  return seenAt.getTime() + (windowSeconds || UNKNOWN_WINDOW_SECONDS) * 1000 < Date.now();
}

/** Of this process and of the site, returns what was seen last. */
export function newerLimit(own: UpstreamRateLimit | null, stored: UpstreamRateLimit | null): UpstreamRateLimit | null {
  return own && (!stored || own.seenAt >= stored.seenAt) ? own : stored;
}

/** Matches `*` against anything. Searches each piece once from left to right, so no pattern backtracks. */
export function matchesPattern(pattern: string, tag: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return tag === first;
  if (!tag.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = tag.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return tag.length - last.length >= at && tag.endsWith(last);
}
