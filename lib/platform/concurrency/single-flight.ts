/** Deduplicates concurrent calls: callers with the same key share one run of the work and its result. */
export class SingleFlight<Result> {
  readonly #running = new Map<string, Promise<Result>>();

  has(key: string): boolean {
    return this.#running.has(key);
  }

  run(key: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(key);
    if (running) return running;
    const started = work().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }
}
