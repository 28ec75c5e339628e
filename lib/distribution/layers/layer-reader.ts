// In-memory state for listing layers. Losing it is harmless.
import { LRUCache } from 'lru-cache';
import { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import type { TarListing } from './read-tar-entries.ts';

const MAX_CACHED_CHARACTERS = 64_000_000;
const ENTRY_CHARACTERS = 200;
/** One pass at a time per registry, so that its decompression bombs don't block others. */
const PASSES = { atATime: 3, atATimePerKey: 1, maxWaitingPerKey: 6, maxWaiting: 60 };
/**
 * One listing at a time per viewer, who may open bombs in many registries. A viewer's turn is acquired before the
 * registry's.
 */
const VIEWERS = { atATime: 60, atATimePerKey: 1, maxWaitingPerKey: 6, maxWaiting: 60 };

export type LayerReader = {
  /**
   * Cached by digest, because content doesn't depend on the media type in a manifest. Unverified reads from an upstream
   * and timed-out reads are cached per repository, with a short TTL.
   */
  listings: LRUCache<string, TarListing>;
  flights: SingleFlight<TarListing>;
  /** Each pass keeps a core busy, so few run at a time. */
  passes: FairLimiter;
  viewers: FairLimiter;
};

export function createLayerReader(): LayerReader {
  return {
    listings: new LRUCache({ maxSize: MAX_CACHED_CHARACTERS, sizeCalculation: sizeOf }),
    flights: new SingleFlight(),
    passes: new FairLimiter(PASSES),
    viewers: new FairLimiter(VIEWERS),
  };
}

function sizeOf({ entries }: TarListing): number {
  const text = entries.reduce((sum, { path, target }) => sum + path.length + (target?.length ?? 0), 0);
  return text + (entries.length + 1) * ENTRY_CHARACTERS;
}
