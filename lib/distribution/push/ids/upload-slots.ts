export type UploadLimits = {
  /** Maximum numbers of open uploads. 0: unlimited. */
  perUser: number;
  perRepository: number;
};

type Receiver = { userId: string; repositoryId: bigint };

/** Counts the blobs that this process is receiving without an upload row. */
export class UploadSlots {
  readonly #taken = new Map<string, number>();

  /** Returns a function that frees the slot. Null: too many are taken. */
  take({ userId, repositoryId }: Receiver, { perUser, perRepository }: UploadLimits): (() => void) | null {
    const keys: [string, number][] = [
      [`user ${userId}`, perUser],
      [`repository ${repositoryId}`, perRepository],
    ];
    if (keys.some(([key, limit]) => limit > 0 && (this.#taken.get(key) ?? 0) >= limit)) return null;
    for (const [key] of keys) this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    return () => {
      for (const [key] of keys) {
        const others = (this.#taken.get(key) ?? 1) - 1;
        if (others > 0) this.#taken.set(key, others);
        else this.#taken.delete(key);
      }
    };
  }
}
