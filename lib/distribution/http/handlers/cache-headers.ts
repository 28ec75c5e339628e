import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { CacheState } from '#lib/distribution/pull/mirrored/pull-mirrored-manifest.ts';

type Seen = Pick<FoundRepository, 'visibility'>;

/** How long a shared cache may go on after a quarantine, a deletion or a repository's turning private. */
const CONTENT_SECONDS = 60;

/**
 * Content that a digest names never changes, but whether it may be had does. So a shared cache keeps the bytes, asks by their
 * ETag each minute, and gets a 304 that reads none of them. What only some may see is for their own cache alone.
 */
export function contentCacheControl({ visibility }: Seen): string {
  return visibility === 'public' ? `public, max-age=${CONTENT_SECONDS}, must-revalidate` : 'private, no-cache';
}

/** What a tag names, and lists: they may change at any time. */
export function latestCacheControl({ visibility }: Seen): string {
  return visibility === 'public' ? 'no-cache' : 'private, no-cache';
}

/** RFC 9111 §5.1 (Age), and for an old copy the distribution spec's Warning, which clients show to people. */
export function cacheHeaders({ status, ageSeconds, warning }: CacheState): Record<string, string | number> {
  return { 'X-Cache': status, Age: ageSeconds, ...(warning !== null && { Warning: formatWarning(warning) }) };
}

/** "with a `warn-code` of 299 … `299 - \"text\"`": what an upstream is called or says must not end the quotes. */
function formatWarning(text: string): string {
  const quotable = text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'");
  return `299 - "This copy may be old. ${quotable}"`;
}
