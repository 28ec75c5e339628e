import { storageBusy } from './s3-errors.ts';

/** Slow clients may hold the whole budget. Others should hear of it before they time out. */
const MAX_WAIT_MS = 5_000;

/** Bounds the memory that uploads of this process may use for parts. Waiting takers are served in order. */
export class ByteBudget {
  #freeBytes: number;
  readonly #totalBytes: number;
  readonly #maxWaitMs: number;
  readonly #waiting: { bytes: number; go: () => void }[] = [];

  constructor(totalBytes: number, { maxWaitMs = MAX_WAIT_MS } = {}) {
    this.#maxWaitMs = maxWaitMs;
    this.#totalBytes = totalBytes;
    this.#freeBytes = totalBytes;
  }

  /**
   * Resolves to a function that gives the bytes back. More than the whole budget counts as all of it.
   * @throws AppError `unavailable` if the bytes don't become free soon
   */
  async take(wantedBytes: number): Promise<() => void> {
    const bytes = Math.min(wantedBytes, this.#totalBytes);
    const taken = this.#waiting.length === 0 ? this.tryTake(bytes) : null;
    if (taken) return taken;
    await new Promise<void>((resolve, reject) => {
      const waiting = { bytes, go: () => (clearTimeout(timer), resolve()) };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        // The next one may want less.
        this.#serve();
        reject(storageBusy());
      }, this.#maxWaitMs);
      this.#waiting.push(waiting);
    });
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
      this.#serve();
    };
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#freeBytes; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#freeBytes -= next.bytes;
      next.go();
    }
  }
}
