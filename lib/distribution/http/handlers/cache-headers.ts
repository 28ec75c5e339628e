import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { CacheState } from '#lib/distribution/pull/mirrored/pull-mirrored-manifest.ts';

type Seen = Pick<FoundRepository, 'visibility'>;

/** How long a shared cache may serve content after a quarantine, a deletion or a switch to private. */
const CONTENT_SECONDS = 60;

/**
 * Content addressed by digest never changes, but access to it does. A shared cache therefore revalidates by ETag each
 * minute, and the 304 reads no bytes. Private content may only be in the client's own cache.
 */
export function contentCacheControl({ visibility }: Seen): string {
  return visibility === 'public' ? `public, max-age=${CONTENT_SECONDS}, must-revalidate` : 'private, no-cache';
}

/** For tags and lists, which may change at any time. */
export function latestCacheControl({ visibility }: Seen): string {
  return visibility === 'public' ? 'no-cache' : 'private, no-cache';
}

/** Formats `Age` (RFC 9111 §5.1) and, for a stale copy, the distribution spec's `Warning`, which clients display. */
export function cacheHeaders({ status, ageSeconds, warning }: CacheState): Record<string, string | number> {
  return { 'X-Cache': status, Age: ageSeconds, ...(warning !== null && { Warning: formatWarning(warning) }) };
}

/**
 * Formats a `Warning` with code 299. Replaces quotes, because an upstream's name or message must not end the quoted
 * text.
 */
function formatWarning(text: string): string {
  const quotable = text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'");
  return `299 - "This copy may be old. ${quotable}"`;
}
