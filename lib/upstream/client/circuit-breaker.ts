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
  /** Resolves to whether the others will know. Ends the claim of a running probe. */
  open: (pause: { pauseMs: number; openings: number; isLimited: boolean }) => Promise<boolean>;
  /** Null: nobody knows of a pause. `claim` null: another process is probing, or has paused again. */
  claimProbe: () => Promise<{ pause: Pause; claim: Date | null } | null>;
  /** Gives the claim back without a result. Does nothing once it has ended, as `close` does. */
  release: (claim: Date) => Promise<void>;
  close: (claim: Date) => Promise<void>;
};

/** `claim` null: only this process knows of the pause. */
type Probe = { pause: Pause; claim: Date | null };

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
  /** The pause, until the other processes know of it. */
  #untold: Pause | null = null;
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
    if (!this.#pause) return this.#permit(startedMs, null);
    if (startedMs < Math.max(this.#pause.untilMs, this.#askAgainMs) || this.#isProbing) throw this.#refusal();
    this.#isProbing = true;
    const probe = await this.#claim(this.#pause).catch((error: unknown) => {
      this.#isProbing = false;
      throw error;
    });
    this.#isProbing = probe !== null;
    return this.#permit(startedMs, probe);
  }

  /** Resolves to null when the pause is over. @throws AppError when another process is probing, or somebody has paused again */
  async #claim(pause: Pause): Promise<Probe | null> {
    const local = { pause, claim: null };
    if (!this.#board) return local;
    const found = await this.#board.claimProbe();
    // A request that began earlier has opened it again meanwhile.
    if (this.#pause !== pause && this.#pause && this.#pause.untilMs > (found?.pause ?? pause).untilMs) {
      if (found?.claim) await this.#board.release(found.claim);
      throw this.#refusal();
    }
    if (!found && this.#untold === pause) return local;
    if (!found) {
      this.#end(pause);
      return null;
    }
    this.#pause = found.pause;
    if (found.claim) return found;
    this.#askAgainMs = this.#clock() + ASK_AGAIN_MS;
    throw this.#refusal();
  }

  #permit(startedMs: number, probe: Probe | null): Permit {
    const end = (then: () => Promise<void>) => async () => {
      if (probe) this.#isProbing = false;
      await then();
    };
    return {
      succeed: end(() => this.#succeed(probe)),
      fail: end(() => this.#fail(startedMs, probe !== null)),
      limit: (seconds) => end(() => this.#open(seconds * 1000, true))(),
      withdraw: end(() => this.#release(probe)),
    };
  }

  async #release(probe: Probe | null): Promise<void> {
    if (probe?.claim) await this.#board?.release(probe.claim);
  }

  async #succeed(probe: Probe | null): Promise<void> {
    // A request that began before the breaker opened proves nothing, nor does a probe from before it opened again.
    if (this.#pause && this.#pause !== probe?.pause) return this.#release(probe);
    this.#failures = 0;
    if (!this.#pause) return;
    this.#end(this.#pause);
    if (probe?.claim) await this.#board?.close(probe.claim);
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
    const untilMs = this.#clock() + pauseMs;
    const before = this.#pause;
    const pause = before && before.untilMs > untilMs ? { ...before, openings } : { untilMs, openings, isLimited };
    this.#pause = pause;
    this.#untold = pause;
    const isTold = await this.#board?.open({ pauseMs, openings, isLimited });
    if (isTold && this.#untold === pause) this.#untold = null;
  }

  #refusal(): Error {
    const { untilMs, isLimited } = this.#pause ?? { untilMs: 0, isLimited: false };
    const seconds = Math.max(1, Math.ceil((untilMs - this.#clock()) / 1000));
    if (isLimited) return rateLimitedUpstream(this.#host, seconds);
    const reason = 'failed repeatedly, so requests to it are paused';
    return unavailableUpstream(this.#host, reason, { retryAfterSeconds: seconds });
  }
}
