import { createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { AppError } from '#lib/platform/errors.ts';
import type { MasterKeys } from './master-keys.ts';
import {
  findCurrentKey,
  findSealingKey,
  insertFirstKey,
  listSealingKeys,
  type SealingKeyRow,
} from './sealing-keys.sql.ts';
import { createSealingKey, unwrapSealingKey } from './wrap-sealing-key.ts';

const MAX_KEYS = 1000;
/** How long this process may go on with a key that another one has replaced. */
const NEWEST_TTL_MS = 60_000;

type SealingKey = { id: string; key: KeyObject };

/** The keys of sealed storage. Unwrapped, they exist in memory only. */
export class SealingKeyRing {
  readonly #pool: pg.Pool;
  readonly #masterKeys: MasterKeys;
  readonly #known = new LRUCache<string, KeyObject>({ max: MAX_KEYS });
  readonly #newest = new LRUCache<string, SealingKey>({ max: MAX_KEYS, ttl: NEWEST_TTL_MS });

  constructor({ pool, masterKeys }: { pool: pg.Pool; masterKeys: MasterKeys }) {
    this.#pool = pool;
    this.#masterKeys = masterKeys;
  }

  /** Returns the key for new blobs of a scope. @throws AppError `unavailable` */
  async newest(scope: string): Promise<SealingKey> {
    const known = this.#newest.get(scope);
    if (known) return known;
    const row = await findCurrentKey(this.#pool, scope);
    if (!row) throw new AppError('unavailable', 'This site has no key to seal blobs with.');
    const newest = { id: row.id, key: this.#unwrap(row) };
    this.#newest.set(scope, newest);
    return newest;
  }

  /** Resolves to null for an unknown id. @throws AppError `unavailable` */
  async find(id: string): Promise<KeyObject | null> {
    const known = this.#known.get(id);
    if (known) return known;
    const row = await findSealingKey(this.#pool, id);
    return row && this.#unwrap(row);
  }

  #unwrap(row: SealingKeyRow): KeyObject {
    const key = createSecretKey(unwrapSealingKey(this.#masterKeys, row));
    this.#known.set(row.id, key);
    return key;
  }
}

/** `isSealing`: new blobs are sealed. */
export type Sealing = { keys: SealingKeyRing; isSealing: boolean };

/**
 * Opens the keys of sealed storage. Creates the first one if `isWanted`, or if that is null and the site has no blobs.
 * @throws AppError `unavailable` with a message for the operator when a key can't be unwrapped
 */
export async function openSealing(
  app: { pool: pg.Pool; masterKeys: MasterKeys },
  isWanted: boolean | null,
): Promise<Sealing> {
  if (isWanted !== false) {
    await insertFirstKey(app.pool, createSealingKey(app.masterKeys, 'site'), { isForced: isWanted === true });
  }
  const rows = await listSealingKeys(app.pool);
  for (const row of rows) unwrapSealingKey(app.masterKeys, row);
  return { keys: new SealingKeyRing(app), isSealing: isWanted !== false && rows.length > 0 };
}
