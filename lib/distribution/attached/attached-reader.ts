import { LRUCache } from 'lru-cache';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import type { AttachedDocument } from './attached-document.ts';

const MAX_CACHED_BYTES = 48 * 1024 * 1024;
const OTHER_BYTES = 20_000;

/** In-memory state for reading attached documents. Losing it is harmless. */
export type AttachedReader = {
  /** By the digests of manifest and document. Holds only verified content. */
  documents: LRUCache<string, AttachedDocument>;
  flights: SingleFlight<AttachedDocument>;
};

export function createAttachedReader(): AttachedReader {
  return {
    documents: new LRUCache({ maxSize: MAX_CACHED_BYTES, sizeCalculation: sizeOf }),
    flights: new SingleFlight(),
  };
}

function sizeOf({ content, json }: AttachedDocument): number {
  const table = content.kind === 'sbom' ? content.sbom.packages.rows.length + content.sbom.packages.words.length : 0;
  const text = content.kind === 'text' ? content.excerpt.text.length : 0;
  return OTHER_BYTES + table + text + (json?.text.length ?? 0);
}
