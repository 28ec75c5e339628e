// What looking into layers keeps in memory while a process lives. All of it may be lost.
import { LRUCache } from 'lru-cache';
import { FairTurns } from '#lib/platform/concurrency/fair-turns.ts';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import type { TarListing } from './read-tar-entries.ts';

const MAX_CACHED_CHARACTERS = 64_000_000;
const ENTRY_CHARACTERS = 200;
/** One registry's layers get one pass at a time: bombs in them leave the others to everybody else. */
const PASSES = { atATime: 3, atATimePerKey: 1, maxWaitingPerKey: 6, maxWaiting: 60 };
/** So does one viewer, who may look into bombs of many registries. Who waits for a registry's turn has their own already. */
const VIEWERS = { atATime: 60, atATimePerKey: 1, maxWaitingPerKey: 6, maxWaiting: 60 };

export type LayerReader = {
  /**
   * By digest: what a digest names never changes, and how its manifests call it doesn't matter. What was read off an upstream before
   * anybody could check it, or took too long, is kept for its own repository alone, and not for long.
   */
  listings: LRUCache<string, TarListing>;
  flights: SingleFlight<TarListing>;
  /** Passes at a time are few, however many visitors there are: each keeps a core busy. */
  passes: FairTurns;
  viewers: FairTurns;
};

export function createLayerReader(): LayerReader {
  return {
    listings: new LRUCache({ maxSize: MAX_CACHED_CHARACTERS, sizeCalculation: sizeOf }),
    flights: new SingleFlight(),
    passes: new FairTurns(PASSES),
    viewers: new FairTurns(VIEWERS),
  };
}

function sizeOf({ entries }: TarListing): number {
  const text = entries.reduce((sum, { path, target }) => sum + path.length + (target?.length ?? 0), 0);
  return text + (entries.length + 1) * ENTRY_CHARACTERS;
}
