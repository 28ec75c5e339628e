// Pauses requests to an upstream that keeps failing or has asked for a pause.
import { rateLimitedUpstream, unavailableUpstream } from './upstream-errors.ts';

export type BreakerSettings = { maxFailures: number; firstPauseMs: number; maxPauseMs: number };

export const BREAKER_SETTINGS: BreakerSettings = { maxFailures: 5, firstPauseMs: 2_000, maxPauseMs: 60_000 };

/** One request in flight. The holder reports its outcome exactly once. */
export type Permit = {
  succeed: () => void;
  fail: () => void;
  limit: (retryAfterSeconds: number) => void;
  /** The outcome says nothing about the upstream's health. */
  withdraw: () => void;
};

type Options = { host: string; clock: () => number; settings?: BreakerSettings };

export class CircuitBreaker {
  readonly #host: string;
  readonly #clock: () => number;
  readonly #settings: BreakerSettings;
  #failures = 0;
  #lastFailureMs = Number.NEGATIVE_INFINITY;
  /** Times it opened since the last success, which lengthens the pause. */
  #openings = 0;
  #openUntilMs = 0;
  #isLimited = false;
  #isProbing = false;

  constructor({ host, clock, settings }: Options) {
    this.#host = host;
    this.#clock = clock;
    this.#settings = settings ?? BREAKER_SETTINGS;
  }

  get brokenUntil(): Date | null {
    return this.#openUntilMs > this.#clock() ? new Date(this.#openUntilMs) : null;
  }

  /**
   * @throws AppError `upstream_unavailable` or `upstream_rate_limited` while open or while another request is probing
   */
  enter(): Permit {
    const startedMs = this.#clock();
    const isProbe = this.#openUntilMs > 0;
    if (startedMs < this.#openUntilMs || this.#isProbing) throw this.#refusal(startedMs);
    this.#isProbing = isProbe;
    const end = (then: () => void) => () => {
      if (isProbe) this.#isProbing = false;
      then();
    };
    return {
      succeed: end(() => this.#succeed(isProbe)),
      fail: end(() => this.#fail(startedMs, isProbe)),
      limit: (seconds) => end(() => this.#open(seconds * 1000, true))(),
      withdraw: end(() => undefined),
    };
  }

  #succeed(isProbe: boolean): void {
    // A request that began before the breaker opened proves nothing.
    if (this.#openUntilMs > 0 && !isProbe) return;
    this.#failures = 0;
    this.#openings = 0;
    this.#openUntilMs = 0;
  }

  #fail(startedMs: number, isProbe: boolean): void {
    if (this.#openUntilMs > 0 && !isProbe) return;
    // Concurrent requests fail together and count as one failure.
    if (startedMs < this.#lastFailureMs) return;
    this.#lastFailureMs = this.#clock();
    this.#failures += 1;
    if (!isProbe && this.#failures < this.#settings.maxFailures) return;
    const { firstPauseMs, maxPauseMs } = this.#settings;
    const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(this.#openings, 20));
    // Jitter keeps the processes of a site from retrying in step.
    this.#open(pauseMs * (0.75 + Math.random() / 2), false);
  }

  #open(pauseMs: number, isLimited: boolean): void {
    this.#openings += 1;
    this.#isLimited = isLimited;
    this.#openUntilMs = Math.max(this.#openUntilMs, this.#clock() + pauseMs);
  }

  #refusal(nowMs: number): Error {
    const seconds = Math.max(1, Math.ceil((this.#openUntilMs - nowMs) / 1000));
    if (this.#isLimited) return rateLimitedUpstream(this.#host, seconds);
    const reason = 'failed repeatedly, so requests to it are paused';
    return unavailableUpstream(this.#host, reason, { retryAfterSeconds: seconds });
  }
}
