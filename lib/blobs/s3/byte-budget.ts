/** Bounds the memory that uploads of this process may use for parts. Waiting takers are served in order. */
export class ByteBudget {
  #freeBytes: number;
  readonly #totalBytes: number;
  readonly #waiting: { bytes: number; go: () => void }[] = [];

  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
    this.#freeBytes = totalBytes;
  }

  /** Resolves to a function that gives the bytes back. More than the whole budget counts as all of it. */
  async take(wantedBytes: number): Promise<() => void> {
    const bytes = Math.min(wantedBytes, this.#totalBytes);
    const taken = this.#waiting.length === 0 ? this.tryTake(bytes) : null;
    if (taken) return taken;
    await new Promise<void>((go) => this.#waiting.push({ bytes, go }));
    return this.#giverOf(bytes);
  }

  /** Returns null if the bytes aren't free now. */
  tryTake(bytes: number): (() => void) | null {
    if (bytes > this.#freeBytes) return null;
    this.#freeBytes -= bytes;
    return this.#giverOf(bytes);
  }

  #giverOf(bytes: number): () => void {
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#freeBytes += bytes;
      for (let next = this.#waiting[0]; next && next.bytes <= this.#freeBytes; next = this.#waiting[0]) {
        this.#waiting.shift();
        this.#freeBytes -= next.bytes;
        next.go();
      }
    };
  }
}
