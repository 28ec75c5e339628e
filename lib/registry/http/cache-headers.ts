import type { CacheState } from '../pull-mirrored-manifest.ts';

/** RFC 9111 §5.1 (Age), and for an old copy the distribution spec's Warning, which clients show to people. */
export function cacheHeaders({ status, ageSeconds, warning }: CacheState): Record<string, string | number> {
  return { 'X-Cache': status, Age: ageSeconds, ...(warning !== null && { Warning: formatWarning(warning) }) };
}

/** "with a `warn-code` of 299 … `299 - \"text\"`": what an upstream is called or says must not end the quotes. */
function formatWarning(text: string): string {
  const quotable = text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'");
  return `299 - "This copy may be old. ${quotable}"`;
}
