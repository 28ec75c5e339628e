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
  /** Turns that would come later aren't reserved. */
  maxWaitMs: number;
};

/** As many of the wanted turns as come soon enough. `lastMs`: the wait for the last of them. */
export type ReservedTurns = { count: number; lastMs: number };

/** Reserves turns from the bucket that all processes of the site share. Resolves to null if the bucket can't be reached. */
export type ReserveTurns = (turns: Turns) => Promise<ReservedTurns | null>;

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
    if (waitMs === Infinity) throw busyUpstream(this.#host);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    signal?.throwIfAborted();
  }

  /** Resolves to Infinity if there is none soon enough. */
  #takeTurn(): Promise<number> {
    if (!this.#reserve) return Promise.resolve(this.#waitFor(0, this.#reserveHere(1)));
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
      try {
        const turns = (await reserve(this.#turns(batch.length))) ?? this.#reserveHere(batch.length);
        for (const [i, { resolve }] of batch.entries()) resolve(this.#waitFor(i, turns));
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

  #waitFor(index: number, { count, lastMs }: ReservedTurns): number {
    return index < count ? lastMs - (count - 1 - index) * this.#intervalMs : Infinity;
  }

  #reserveHere(wanted: number): ReservedTurns {
    const { intervalMs, burstMs, maxWaitMs } = this.#turns(wanted);
    const nowMs = performance.now();
    const aheadMs = Math.max(0, this.#fullAtMs - nowMs);
    const count = Math.max(0, Math.min(wanted, Math.floor((maxWaitMs + burstMs - aheadMs) / intervalMs)));
    const nextAheadMs = aheadMs + count * intervalMs;
    this.#fullAtMs = nowMs + nextAheadMs;
    return { count, lastMs: nextAheadMs - burstMs };
  }
}
