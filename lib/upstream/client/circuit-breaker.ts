// Pauses requests to an upstream that keeps failing or has asked for a pause.
import { rateLimitedUpstream, unavailableUpstream } from './upstream-errors.ts';

export type BreakerSettings = { maxFailures: number; firstPauseMs: number; maxPauseMs: number };

export const BREAKER_SETTINGS: BreakerSettings = { maxFailures: 5, firstPauseMs: 2_000, maxPauseMs: 60_000 };

/** After another process claimed the probe, the next question to the board. */
const ASK_AGAIN_MS = 1_000;

/** No requests until then, and a probe afterwards. `openings` counts since the last success. */
export type Pause = { untilMs: number; openings: number; isLimited: boolean };

/** Shares the pauses of one breaker with the other processes of the site. */
export type PauseBoard = {
  open: (pause: { pauseMs: number; openings: number; isLimited: boolean }) => Promise<void>;
  /** Null: another process has closed the breaker. */
  claimProbe: () => Promise<{ pause: Pause; isClaimed: boolean } | null>;
  /** Gives the claim back without a result. */
  release: () => Promise<void>;
  close: () => Promise<void>;
};

/** One request in flight. The holder reports its outcome exactly once. Resolves once the other processes know. */
export type Permit = {
  succeed: () => Promise<void>;
  fail: () => Promise<void>;
  limit: (retryAfterSeconds: number) => Promise<void>;
  /** The outcome says nothing about the upstream's health. */
  withdraw: () => Promise<void>;
};

/** `board` null: this process is alone. */
type Options = { host: string; clock: () => number; settings?: BreakerSettings; board?: PauseBoard | null };

export class CircuitBreaker {
  readonly #host: string;
  readonly #clock: () => number;
  readonly #settings: BreakerSettings;
  readonly #board: PauseBoard | null;
  #failures = 0;
  #lastFailureMs = Number.NEGATIVE_INFINITY;
  #pause: Pause | null = null;
  /** Pauses up to this time are over, whatever a cached row says. */
  #overUntilMs = Number.NEGATIVE_INFINITY;
  #isProbing = false;
  #askAgainMs = Number.NEGATIVE_INFINITY;

  constructor({ host, clock, settings, board = null }: Options) {
    this.#host = host;
    this.#clock = clock;
    this.#settings = settings ?? BREAKER_SETTINGS;
    this.#board = board;
  }

  get brokenUntil(): Date | null {
    return this.#pause && this.#pause.untilMs > this.#clock() ? new Date(this.#pause.untilMs) : null;
  }

  /**
   * @param known a pause that another process has told about, possibly a while ago
   * @throws AppError `upstream_unavailable` or `upstream_rate_limited` while open or while another request is probing
   */
  async enter(known: Pause | null = null): Promise<Permit> {
    if (known && known.untilMs > Math.max(this.#overUntilMs, this.#pause?.untilMs ?? 0)) this.#pause = known;
    const startedMs = this.#clock();
    if (!this.#pause) return this.#permit(startedMs, false);
    if (startedMs < Math.max(this.#pause.untilMs, this.#askAgainMs) || this.#isProbing) throw this.#refusal();
    this.#isProbing = true;
    const isProbe = await this.#claim(this.#pause).catch((error: unknown) => {
      this.#isProbing = false;
      throw error;
    });
    this.#isProbing = isProbe;
    return this.#permit(startedMs, isProbe);
  }

  /** Returns false when the pause is over. @throws AppError when another process is probing, or has paused again */
  async #claim(pause: Pause): Promise<boolean> {
    if (!this.#board) return true;
    const claim = await this.#board.claimProbe();
    if (!claim) {
      this.#end(pause);
      return false;
    }
    this.#pause = claim.pause;
    if (claim.isClaimed) return true;
    this.#askAgainMs = this.#clock() + ASK_AGAIN_MS;
    throw this.#refusal();
  }

  #permit(startedMs: number, isProbe: boolean): Permit {
    const end = (then: () => Promise<void>) => async () => {
      if (isProbe) this.#isProbing = false;
      await then();
    };
    return {
      succeed: end(() => this.#succeed(isProbe)),
      fail: end(() => this.#fail(startedMs, isProbe)),
      limit: (seconds) => end(() => this.#open(seconds * 1000, true))(),
      withdraw: end(async () => {
        if (isProbe) await this.#board?.release();
      }),
    };
  }

  async #succeed(isProbe: boolean): Promise<void> {
    // A request that began before the breaker opened proves nothing.
    if (this.#pause && !isProbe) return;
    this.#failures = 0;
    if (!this.#pause) return;
    this.#end(this.#pause);
    await this.#board?.close();
  }

  #end({ untilMs }: Pause): void {
    this.#overUntilMs = Math.max(this.#overUntilMs, untilMs);
    this.#failures = 0;
    this.#pause = null;
  }

  async #fail(startedMs: number, isProbe: boolean): Promise<void> {
    if (this.#pause && !isProbe) return;
    // Concurrent requests fail together and count as one failure.
    if (startedMs < this.#lastFailureMs) return;
    this.#lastFailureMs = this.#clock();
    this.#failures += 1;
    if (!isProbe && this.#failures < this.#settings.maxFailures) return;
    const { firstPauseMs, maxPauseMs } = this.#settings;
    const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(this.#pause?.openings ?? 0, 20));
    // Jitter keeps the upstream's other clients and this site from retrying in step.
    await this.#open(pauseMs * (0.75 + Math.random() / 2), false);
  }

  async #open(pauseMs: number, isLimited: boolean): Promise<void> {
    const openings = (this.#pause?.openings ?? 0) + 1;
    const untilMs = Math.max(this.#pause?.untilMs ?? 0, this.#clock() + pauseMs);
    this.#pause = { untilMs, openings, isLimited };
    await this.#board?.open({ pauseMs, openings, isLimited });
  }

  #refusal(): Error {
    const { untilMs, isLimited } = this.#pause ?? { untilMs: 0, isLimited: false };
    const seconds = Math.max(1, Math.ceil((untilMs - this.#clock()) / 1000));
    if (isLimited) return rateLimitedUpstream(this.#host, seconds);
    const reason = 'failed repeatedly, so requests to it are paused';
    return unavailableUpstream(this.#host, reason, { retryAfterSeconds: seconds });
  }
}
