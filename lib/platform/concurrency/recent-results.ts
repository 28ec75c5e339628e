import { LRUCache } from 'lru-cache';
import { SingleFlight } from './single-flight.ts';

/** Caches the latest results of expensive work by key. Concurrent callers of one key share one run. A failure is not cached. */
export class RecentResults<Result extends object> {
  readonly #results: LRUCache<string, Result>;
  readonly #flights = new SingleFlight<Result>();

  constructor({ max }: { max: number }) {
    this.#results = new LRUCache({ max });
  }

  async get(key: string, work: () => Promise<Result>): Promise<Result> {
    const known = this.#results.get(key);
    if (known) return known;
    return this.#flights.run(key, async () => {
      const result = await work();
      this.#results.set(key, result);
      return result;
    });
  }
}
