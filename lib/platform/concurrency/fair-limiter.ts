// A concurrency limiter with fair queueing: waiting work is served round-robin by key.
import { AppError } from '#lib/platform/errors.ts';

export type FairLimiterOptions = {
  atATime: number;
  /** Keep it below `atATime`, so that one key can't occupy all slots. */
  atATimePerKey: number;
  maxWaitingPerKey: number;
  maxWaiting: number;
};

const RETRY_SECONDS = 5;
const BUSY = 'Too many requests at once. Try again in a few seconds.';

export class FairLimiter {
  readonly #options: FairLimiterOptions;
  readonly #running = new Map<string, number>();
  /** In round-robin order: the first key is served next. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #runningCount = 0;
  #waitingCount = 0;

  constructor(options: FairLimiterOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` once a slot is free.
   * @param key the user or client network to be fair to
   * @throws AppError `rate_limited` if too much work of this key, or in total, is waiting
   */
  async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#mayRun(key)) this.#start(key);
    else await this.#wait(key);
    try {
      return await work();
    } finally {
      this.#finish(key);
    }
  }

  #mayRun(key: string): boolean {
    const { atATime, atATimePerKey } = this.#options;
    return this.#runningCount < atATime && (this.#running.get(key) ?? 0) < atATimePerKey;
  }

  #start(key: string): void {
    this.#runningCount += 1;
    this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
  }

  #wait(key: string): Promise<void> {
    const queue = this.#waiting.get(key) ?? [];
    const isFull = this.#waitingCount >= this.#options.maxWaiting || queue.length >= this.#options.maxWaitingPerKey;
    if (isFull) throw new AppError('rate_limited', BUSY, { retryAfterSeconds: RETRY_SECONDS });
    this.#waitingCount += 1;
    this.#waiting.set(key, queue);
    return new Promise((go) => queue.push(go));
  }

  #finish(key: string): void {
    this.#runningCount -= 1;
    const left = (this.#running.get(key) ?? 1) - 1;
    if (left > 0) this.#running.set(key, left);
    else this.#running.delete(key);
    for (const [next, queue] of this.#waiting) {
      if (!this.#mayRun(next)) continue;
      const go = queue.shift();
      // Move the key to the back.
      this.#waiting.delete(next);
      if (queue.length > 0) this.#waiting.set(next, queue);
      if (!go) continue;
      this.#waitingCount -= 1;
      this.#start(next);
      go();
      return;
    }
  }
}
