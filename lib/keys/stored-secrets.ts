// Secrets in the database that the site must be able to read: passwords of upstreams, secrets of authenticator apps, and private keys of
// certificates.
//
// Format: 1 byte version · 36 bytes id of the key · secret (platform/sealed-secret.ts). A secret of the first version is only the last
// part, and its key is derived from AUTH_SECRET. A site of a previous version goes on with it until `keys rewrap`, so that processes of that
// version can read every secret.
import type { KeyObject } from 'node:crypto';
import { isAppError } from '#lib/platform/errors.ts';
import { openSecret, sealSecret } from '#lib/platform/sealed-secret.ts';
import { alteredSecret } from './services/key-service.ts';

const FIRST_VERSION = 1;
const VERSION = 2;
const ID_BYTES = 36;
const HEADER_BYTES = 1 + ID_BYTES;

type Keys = {
  newestForSecrets: () => Promise<{ id: string; key: KeyObject } | null>;
  find: (id: string) => Promise<{ key: KeyObject } | null>;
};

/** Numbers of secrets. Those that are lost were sealed under another AUTH_SECRET. */
export type Resealed = { sealed: number; lost: number };

export class StoredSecrets {
  readonly #keys: Keys;
  readonly #firstKey: Uint8Array;

  /** @param firstKey of secrets of the first version */
  constructor(keys: Keys, firstKey: Uint8Array) {
    this.#keys = keys;
    this.#firstKey = firstKey;
  }

  /**
   * Encrypts a secret. `context` binds it to a row, so that it can't be moved to another.
   * @throws AppError `unavailable` when the key service doesn't answer
   */
  async seal(context: string, secret: string): Promise<Uint8Array<ArrayBuffer>> {
    const newest = await this.#keys.newestForSecrets();
    if (!newest) return new Uint8Array(sealSecret(this.#firstKey, context, secret));
    const { id, key } = newest;
    return new Uint8Array(Buffer.concat([Buffer.of(VERSION), Buffer.from(id), sealSecret(key, context, secret)]));
  }

  /** @throws AppError `unavailable`; `internal` if a secret of the first version was sealed under another AUTH_SECRET */
  async open(context: string, sealed: Uint8Array): Promise<string> {
    if (isFirstVersion(sealed)) return openSecret(this.#firstKey, context, sealed);
    const bytes = Buffer.from(sealed);
    const found = bytes[0] === VERSION ? await this.#keys.find(bytes.toString('latin1', 1, HEADER_BYTES)) : null;
    if (!found) throw alteredSecret(context);
    try {
      return openSecret(found.key, context, bytes.subarray(HEADER_BYTES));
    } catch (cause) {
      throw alteredSecret(context, cause);
    }
  }

  /**
   * Seals secrets of the first version anew, and calls `save` for each. Needs `createSecretsKey`.
   * @throws AppError `unavailable` when the key service doesn't answer
   */
  async reseal<Row extends { context: string; sealed: Uint8Array }>(
    rows: Row[],
    save: (row: Row, sealed: Uint8Array<ArrayBuffer>) => Promise<unknown>,
  ): Promise<Resealed> {
    const done = { sealed: 0, lost: 0 };
    for (const row of rows.filter(({ sealed }) => isFirstVersion(sealed))) {
      try {
        await save(row, await this.seal(row.context, await this.open(row.context, row.sealed)));
        done.sealed += 1;
      } catch (error) {
        if (!isAppError(error) || error.code !== 'internal') throw error;
        done.lost += 1;
      }
    }
    return done;
  }
}

function isFirstVersion(sealed: Uint8Array): boolean {
  return sealed[0] === FIRST_VERSION;
}
