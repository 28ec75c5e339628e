import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import type { Db } from '#lib/platform/pg/db.ts';

/** Strangers may ask for any token, so the table is read at most this often. */
export const MAX_CHALLENGE_AGE_MS = 1_000;
const MAX_CHALLENGES = 100;

/** Answers to the challenges of orders in progress, which any process of the site may have started. */
export class AcmeChallenges {
  readonly #db: Db;
  readonly #flights = new SingleFlight<void>();
  #known = new Map<string, string>();
  #readAt = -Infinity;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Resolves to null for an unknown token. */
  async find(token: string): Promise<string | null> {
    if (performance.now() - this.#readAt >= MAX_CHALLENGE_AGE_MS) await this.#flights.run('read', () => this.#read());
    return this.#known.get(token) ?? null;
  }

  async #read(): Promise<void> {
    const rows = await this.#db.acmeChallenge.findMany({ orderBy: { createdAt: 'desc' }, take: MAX_CHALLENGES });
    this.#known = new Map(rows.map(({ token, answer }) => [token, answer]));
    this.#readAt = performance.now();
  }
}
