import { setTimeout as sleep } from 'node:timers/promises';
import { busyUpstream } from './upstream-errors.ts';

const MAX_WAIT_MS = 15_000;
/** Turns that one statement reserves. */
const MAX_BATCH = 100;

export type Turns = {
  host: string;
  count: number;
  intervalMs: number;
  /** How far the bucket may be overdrawn without waiting. */
  burstMs: number;
  /** Before the first of the turns. */
  maxWaitMs: number;
};

/**
 * Reserves turns from the bucket that all processes of the site share. Resolves to the wait for the last of them, Infinity if the
 * first would have to wait too long, or null if the bucket can't be reached.
 */
export type ReserveTurns = (turns: Turns) => Promise<number | null>;

type Options = { host: string; requestsPerSecond: number; reserve?: ReserveTurns | null };
type Waiting = { resolve: (waitMs: number) => void; reject: (error: unknown) => void };

/** A token bucket (GCRA): a burst of one second's requests, then an even rate. */
export class RequestPace {
  readonly #host: string;
  readonly #intervalMs: number;
  readonly #reserve: ReserveTurns | null;
  /** When this process's own bucket will be full again. */
  #fullAtMs = 0;
  #waiting: Waiting[] = [];
  #isReserving = false;

  constructor({ host, requestsPerSecond, reserve = null }: Options) {
    this.#host = host;
    this.#intervalMs = 1000 / requestsPerSecond;
    this.#reserve = reserve;
  }

  /** Waits for a turn. @throws AppError `upstream_unavailable` at once when the wait would be too long */
  async waitForTurn(signal?: AbortSignal): Promise<void> {
    const waitMs = await this.#takeTurn();
    if (waitMs > MAX_WAIT_MS) throw busyUpstream(this.#host);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    signal?.throwIfAborted();
  }

  #takeTurn(): Promise<number> {
    if (!this.#reserve) return Promise.resolve(this.#reserveHere(1));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (!this.#isReserving) void this.#reserveShared(this.#reserve as ReserveTurns);
    });
  }

  /** Requests that arrive during a reservation share the next one. */
  async #reserveShared(reserve: ReserveTurns): Promise<void> {
    this.#isReserving = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      const count = batch.length;
      try {
        const lastMs = (await reserve(this.#turns(count))) ?? this.#reserveHere(count);
        for (const [i, { resolve }] of batch.entries()) resolve(lastMs - (count - 1 - i) * this.#intervalMs);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isReserving = false;
  }

  #turns(count: number): Turns {
    const burstMs = Math.max(1000, this.#intervalMs);
    return { host: this.#host, count, intervalMs: this.#intervalMs, burstMs, maxWaitMs: MAX_WAIT_MS };
  }

  #reserveHere(count: number): number {
    const { intervalMs, burstMs, maxWaitMs } = this.#turns(count);
    const nowMs = performance.now();
    const startMs = Math.max(nowMs, this.#fullAtMs);
    if (startMs + intervalMs - nowMs - burstMs > maxWaitMs) return Infinity;
    this.#fullAtMs = startMs + count * intervalMs;
    return this.#fullAtMs - nowMs - burstMs;
  }
}
