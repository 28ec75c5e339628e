/** Decides how soon a process that died is started again, and when to give up. */
export class RestartPace {
  readonly #options: RestartPaceOptions;
  #deathsMs: number[] = [];

  constructor(options: RestartPaceOptions = RESTART_PACE) {
    this.#options = options;
  }

  /** Notes a death. Returns the milliseconds to wait before the restart; null: give up. */
  noteDeath(nowMs: number): number | null {
    const { windowMs, maxDeaths, firstPauseMs } = this.#options;
    this.#deathsMs = [...this.#deathsMs.filter((at) => nowMs - at < windowMs), nowMs];
    if (this.#deathsMs.length >= maxDeaths) return null;
    // The first restart is immediate, because most deaths are alone.
    return this.#deathsMs.length === 1 ? 0 : firstPauseMs * 2 ** (this.#deathsMs.length - 2);
  }
}

export type RestartPaceOptions = { windowMs: number; maxDeaths: number; firstPauseMs: number };

export const RESTART_PACE: RestartPaceOptions = { windowMs: 60_000, maxDeaths: 5, firstPauseMs: 500 };
