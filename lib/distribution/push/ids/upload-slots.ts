import type { SharedTally } from '#lib/platform/processes/share-tally.ts';

export type UploadLimits = {
  /** Maximum numbers of open uploads. 0: unlimited. */
  perUser: number;
  perRepository: number;
};

type Receiver = { userId: string; repositoryId: bigint };

/** Counts the blobs that the processes of this machine are receiving without an upload row. */
export class UploadSlots {
  readonly #taken = new Map<string, number>();
  readonly #shared: SharedTally | null;

  constructor(shared: SharedTally | null = null) {
    this.#shared = shared;
  }

  /** Returns a function that frees the slot. Null: too many are taken. */
  take({ userId, repositoryId }: Receiver, { perUser, perRepository }: UploadLimits): (() => void) | null {
    const keys: [string, number][] = [
      [`user ${userId}`, perUser],
      [`repository ${repositoryId}`, perRepository],
    ];
    const count = (key: string) => (this.#taken.get(key) ?? 0) + (this.#shared?.others(key) ?? 0);
    if (keys.some(([key, limit]) => limit > 0 && count(key) >= limit)) return null;
    for (const [key] of keys) {
      this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
      this.#shared?.add(key, 1);
    }
    return () => {
      for (const [key] of keys) {
        this.#shared?.add(key, -1);
        const others = (this.#taken.get(key) ?? 1) - 1;
        if (others > 0) this.#taken.set(key, others);
        else this.#taken.delete(key);
      }
    };
  }
}
