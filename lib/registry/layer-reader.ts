// What looking into layers keeps in memory while a process lives. All of it may be lost.
import { LRUCache } from 'lru-cache';
import { SingleFlight } from '#lib/platform/single-flight.ts';
import type { TarListing } from './read-tar-entries.ts';

const MAX_CACHED_CHARACTERS = 64_000_000;
const ENTRY_CHARACTERS = 200;
const MAX_PASSES = 2;
const MAX_WAITING = 6;

export type LayerReader = {
  /**
   * By digest: what a digest names never changes, and how its manifests call it doesn't matter. What was read off an upstream before
   * anybody could check it, or took too long, is kept for its own repository alone, and not for long.
   */
  listings: LRUCache<string, TarListing>;
  flights: SingleFlight<TarListing | 'busy'>;
  /** Passes at a time are few, however many visitors there are: each keeps a core busy. */
  passes: Turns;
};

export function createLayerReader(): LayerReader {
  return {
    listings: new LRUCache({ maxSize: MAX_CACHED_CHARACTERS, sizeCalculation: sizeOf }),
    flights: new SingleFlight(),
    passes: new Turns(MAX_PASSES, MAX_WAITING),
  };
}

function sizeOf({ entries }: TarListing): number {
  const text = entries.reduce((sum, { path, target }) => sum + path.length + (target?.length ?? 0), 0);
  return text + (entries.length + 1) * ENTRY_CHARACTERS;
}

/** A few at a time, a few more in a queue, and the rest is told to come again. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  readonly #maxWaiting: number;
  #free: number;

  constructor(atATime: number, maxWaiting: number) {
    this.#free = atATime;
    this.#maxWaiting = maxWaiting;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result | 'busy'> {
    if (this.#free > 0) this.#free -= 1;
    else if (this.#waiting.length >= this.#maxWaiting) return 'busy';
    else await new Promise<void>((go) => this.#waiting.push(go));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
