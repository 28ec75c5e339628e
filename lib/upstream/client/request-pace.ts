import { setTimeout as sleep } from 'node:timers/promises';
import { busyUpstream } from './upstream-errors.ts';

const MAX_WAIT_MS = 15_000;

/** A token bucket (GCRA): a burst of one second's requests, then an even rate. */
export class RequestPace {
  readonly #host: string;
  readonly #intervalMs: number;
  /** When the bucket will be full again. */
  #fullAtMs = 0;

  constructor(host: string, requestsPerSecond: number) {
    this.#host = host;
    this.#intervalMs = 1000 / requestsPerSecond;
  }

  /** Waits for a turn. @throws AppError `upstream_unavailable` at once when the wait would be too long */
  async waitForTurn(signal?: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    const fullAtMs = Math.max(nowMs, this.#fullAtMs) + this.#intervalMs;
    const waitMs = fullAtMs - nowMs - Math.max(1000, this.#intervalMs);
    if (waitMs > MAX_WAIT_MS) throw busyUpstream(this.#host);
    this.#fullAtMs = fullAtMs;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    signal?.throwIfAborted();
  }
}
