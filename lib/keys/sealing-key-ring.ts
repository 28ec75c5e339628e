import { createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { isOutage } from './services/key-service.ts';
import type { KeyServices } from './services/open-key-services.ts';
import { findCurrentKey, findSealingKey, insertSealingKey, type SealingKeyRow } from './sealing-keys.sql.ts';
import { createSealingKey, unwrapSealingKey } from './wrap-sealing-key.ts';

const MAX_KEYS = 1000;
/** How long this process may go on with a key that another one has replaced. */
const NEWEST_TTL_MS = 60_000;
const RETRY_SECONDS = 5;

type SealingKey = { id: string; key: KeyObject };
type Parts = { pool: pg.Pool; keyServices: KeyServices; log: Log };

/** The keys of sealed storage. Unwrapped, they exist in memory only. */
export class SealingKeyRing {
  readonly #parts: Parts;
  readonly #known = new LRUCache<string, KeyObject>({ max: MAX_KEYS });
  readonly #newest = new LRUCache<string, SealingKey>({ max: MAX_KEYS, ttl: NEWEST_TTL_MS });
  readonly #unwrapping = new SingleFlight<KeyObject>();
  /** New blobs are sealed. */
  readonly isSealing: boolean;

  constructor(parts: Parts, { isSealing }: { isSealing: boolean }) {
    this.#parts = parts;
    this.isSealing = isSealing;
  }

  /** Returns the key for new blobs of a scope. @throws AppError `unavailable` */
  async newest(scope: string): Promise<SealingKey> {
    const known = this.#newest.get(scope);
    if (known) return known;
    const row = (await findCurrentKey(this.#parts.pool, scope)) ?? (await this.#createKey(scope));
    const newest = { id: row.id, key: await this.#open(row) };
    this.#newest.set(scope, newest);
    return newest;
  }

  /** Resolves to null for an unknown id. @throws AppError `unavailable` */
  async find(id: string): Promise<KeyObject | null> {
    const known = this.#known.get(id);
    if (known) return known;
    const row = await findSealingKey(this.#parts.pool, id);
    return row && (await this.#open(row));
  }

  /** Checks that new blobs can be sealed, for readiness. @throws AppError `unavailable` */
  async check(): Promise<void> {
    if (this.isSealing) await this.newest('site');
  }

  #open(row: SealingKeyRow): Promise<KeyObject> {
    const known = this.#known.get(row.id);
    if (known) return Promise.resolve(known);
    return this.#unwrapping.run(row.id, async () => {
      const secret = await this.#ask(() => unwrapSealingKey(this.#parts.keyServices, row));
      const key = createSecretKey(secret);
      secret.fill(0);
      this.#known.set(row.id, key);
      return key;
    });
  }

  /** The key service may have been unavailable when the site started. */
  async #createKey(scope: string): Promise<SealingKeyRow> {
    if (!this.isSealing) throw new AppError('unavailable', 'This site has no key to seal blobs with.');
    const created = await this.#ask(() => createSealingKey(this.#parts.keyServices.current, scope));
    await insertSealingKey(this.#parts.pool, created);
    // Another process may have been first.
    return (await findCurrentKey(this.#parts.pool, scope)) ?? created;
  }

  /** Tells clients no addresses and names of keys. The log has them. */
  async #ask<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (cause) {
      this.#parts.log.error({ err: cause }, 'the key service failed');
      const sentence = isOutage(cause)
        ? "This site's key service can't be reached at the moment. Try again in a few seconds."
        : "The keys of this site's storage can't be used at the moment. Ask the operator.";
      throw new AppError('unavailable', sentence, { cause, retryAfterSeconds: RETRY_SECONDS });
    }
  }
}
