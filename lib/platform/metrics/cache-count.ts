/** Counts lookups of a cache. */
export class CacheCount {
  hits = 0;
  misses = 0;

  /** Counts a lookup by its result. */
  note<Found>(found: Found | null | undefined): Found | null {
    if (found === null || found === undefined) {
      this.misses += 1;
      return null;
    }
    this.hits += 1;
    return found;
  }
}
