/** Serialises work per key, in order of arrival. Different keys run concurrently. */
export class KeyedMutex<Key> {
  readonly #last = new Map<Key, Promise<void>>();

  async take<Result>(key: Key, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key);
    const { promise: done, resolve: end } = Promise.withResolvers<void>();
    this.#last.set(key, done);
    try {
      await before;
      return await work();
    } finally {
      if (this.#last.get(key) === done) this.#last.delete(key);
      end();
    }
  }
}
