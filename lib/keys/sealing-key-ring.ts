import { createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { isOutage } from './services/key-service.ts';
import type { KeyServices } from './services/open-key-services.ts';
import { findCurrentKey, findSealingKey, insertSealingKey, type SealingKeyRow } from './sealing-keys.sql.ts';
import { createSealingKey, unwrapSealingKey } from './wrap-sealing-key.ts';

const MAX_KEYS = 1000;
/** How long this process may go on with a key that another one has replaced. */
const NEWEST_TTL_MS = 60_000;
/** How long a key of a repository may be used while its service is away. */
const OUTAGE_MS = 3_600_000;
/** How long a service isn't asked again after it has refused a key, or hasn't answered. */
const PAUSE_MS = 10_000;
const RETRY_SECONDS = 5;

type FoundKey = { key: KeyObject; scope: string };
/** `freshUntilMs` and `usableUntilMs` are on the monotonic clock. */
type KnownKey = FoundKey & { freshUntilMs: number; usableUntilMs: number };
type Parts = { pool: pg.Pool; keyServices: KeyServices; log: Log };
type RingOptions = {
  /** New blobs are sealed. */
  isSealing: boolean;
  /** How long a key of a repository is used before its service is asked again. */
  cacheSeconds: number;
};

/**
 * The keys of sealed storage and of secrets in the database. Unwrapped, they exist in memory only. The site's keys stay there. Those of
 * repositories can be revoked, so their service is asked again from time to time.
 */
export class SealingKeyRing {
  readonly #parts: Parts;
  readonly #cacheMs: number;
  readonly #known = new LRUCache<string, KnownKey>({ max: MAX_KEYS });
  readonly #refused = new LRUCache<string, AppError>({ max: MAX_KEYS });
  readonly #newest = new LRUCache<string, string>({ max: MAX_KEYS, ttl: NEWEST_TTL_MS });
  readonly #unwrapping = new SingleFlight<FoundKey>();
  /** The key for new secrets never changes. */
  #secretsKey: string | null = null;
  readonly isSealing: boolean;

  constructor(parts: Parts, { isSealing, cacheSeconds }: RingOptions) {
    this.#parts = parts;
    this.#cacheMs = cacheSeconds * 1000;
    this.isSealing = isSealing;
  }

  /** Returns the key for new blobs of a scope. @throws AppError `unavailable`, `key_refused` */
  async newest(scope: string): Promise<{ id: string; key: KeyObject }> {
    const id = this.#newest.get(scope) ?? (await this.#findNewest(scope));
    const found = await this.find(id);
    if (!found) throw new AppError('unavailable', 'This site has no key to seal blobs with.');
    return { id, key: found.key };
  }

  /** Resolves to null until `createSecretsKey`. @throws AppError `unavailable` */
  async newestForSecrets(): Promise<{ id: string; key: KeyObject } | null> {
    this.#secretsKey ??= (await findCurrentKey(this.#parts.pool, 'secrets'))?.id ?? null;
    const found = this.#secretsKey === null ? null : await this.find(this.#secretsKey);
    return found && this.#secretsKey !== null ? { id: this.#secretsKey, key: found.key } : null;
  }

  /** Creates the key for secrets, unless there is one. @throws AppError as KeyService.wrap */
  async createSecretsKey(): Promise<void> {
    const { pool, keyServices } = this.#parts;
    if (await findCurrentKey(pool, 'secrets')) return;
    await insertSealingKey(pool, await createSealingKey(keyServices.current, 'secrets'));
  }

  /** Unwraps a key before it is needed. @throws AppError as KeyService.unwrap */
  async load(row: SealingKeyRow): Promise<void> {
    this.#keep(row, await unwrapSealingKey(this.#parts.keyServices, row));
  }

  /** Resolves to null for an unknown id. @throws AppError `unavailable`, `key_refused` */
  async find(id: string): Promise<FoundKey | null> {
    const known = this.#known.get(id);
    if (known && performance.now() < known.freshUntilMs) return known;
    const refusal = this.#refused.get(id);
    if (refusal) throw refusal;
    const row = await findSealingKey(this.#parts.pool, id);
    return row && (await this.#unwrapping.run(id, () => this.#open(row)));
  }

  /** Whether a key that was found may be used without asking its service again. */
  isFresh(id: string): boolean {
    const known = this.#known.get(id);
    return known !== undefined && performance.now() < known.freshUntilMs;
  }

  /** Forgets a key and asks its service again at the next use. */
  forget(id: string): void {
    this.#known.delete(id);
    this.#refused.delete(id);
  }

  /** Checks that new blobs can be sealed, for readiness. @throws AppError `unavailable` */
  async check(): Promise<void> {
    if (this.isSealing) await this.newest('site');
  }

  async #findNewest(scope: string): Promise<string> {
    const row = (await findCurrentKey(this.#parts.pool, scope)) ?? (await this.#createKey(scope));
    this.#newest.set(scope, row.id);
    return row.id;
  }

  async #open(row: SealingKeyRow): Promise<FoundKey> {
    const { id, scope } = row;
    const known = this.#known.get(id);
    try {
      const secret = await this.#ask(scope, () => unwrapSealingKey(this.#parts.keyServices, row));
      return this.#keep(row, secret);
    } catch (error) {
      const isRefused = isAppError(error) && error.code === 'key_refused';
      if (isRefused) this.#known.delete(id);
      else if (known && performance.now() < known.usableUntilMs) {
        this.#known.set(id, { ...known, freshUntilMs: performance.now() + Math.min(PAUSE_MS, this.#cacheMs) });
        return known;
      }
      if (isAppError(error) && !isPermanent(scope)) {
        this.#refused.set(id, error, { ttl: Math.min(PAUSE_MS, Math.max(1, this.#cacheMs)) });
      }
      throw error;
    }
  }

  #keep({ id, scope }: SealingKeyRow, secret: Buffer): FoundKey {
    const opened = { key: createSecretKey(secret), scope, ...this.#limitsOf(scope) };
    secret.fill(0);
    this.#known.set(id, opened);
    return opened;
  }

  #limitsOf(scope: string): Pick<KnownKey, 'freshUntilMs' | 'usableUntilMs'> {
    if (isPermanent(scope)) return { freshUntilMs: Infinity, usableUntilMs: Infinity };
    const now = performance.now();
    return { freshUntilMs: now + this.#cacheMs, usableUntilMs: now + this.#cacheMs + OUTAGE_MS };
  }

  /** The key service may have been unavailable when the site started. */
  async #createKey(scope: string): Promise<SealingKeyRow> {
    if (!this.isSealing || scope !== 'site') {
      throw new AppError('unavailable', 'This site has no key to seal blobs with.');
    }
    const created = await this.#ask(scope, () => createSealingKey(this.#parts.keyServices.current, scope));
    await insertSealingKey(this.#parts.pool, created);
    // Another process may have been first.
    return (await findCurrentKey(this.#parts.pool, scope)) ?? created;
  }

  /** Tells clients no addresses and names of keys. The log has them. */
  async #ask<Answer>(scope: string, call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (cause) {
      this.#parts.log.error({ err: cause, scope }, 'the key service failed');
      const isRefused = isAppError(cause) && cause.code === 'key_refused';
      if (isRefused && !isPermanent(scope)) throw revokedKey(cause);
      const sentence = isOutage(cause)
        ? "This site's key service can't be reached at the moment. Try again in a few seconds."
        : "The keys of this site can't be used at the moment. Ask the operator.";
      throw new AppError('unavailable', sentence, { cause, retryAfterSeconds: RETRY_SECONDS });
    }
  }
}

/** Whether keys of the scope stay in memory. Those of repositories can be revoked. */
function isPermanent(scope: string): boolean {
  return scope === 'site' || scope === 'secrets';
}

function revokedKey(cause: unknown): AppError {
  const sentence = "The KMS key of this repository can't be used, so its layers can't be read or written.";
  return new AppError('key_refused', `${sentence} Enable the key, or allow this site to use it.`, { cause });
}
