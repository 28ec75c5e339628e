// Keys that repositories choose. Repositories with the same KMS key share a scope, and so a sealing key.
import { isOwnScope, type OwnScope } from '#lib/platform/key-scope.ts';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { AppError } from '#lib/platform/errors.ts';
import { refusedKey } from './services/key-service.ts';
import type { KeyServices } from './services/open-key-services.ts';
import type { SealingKeyRing } from './sealing-key-ring.ts';
import { findCurrentKey, insertSealingKey } from './sealing-keys.sql.ts';
import { createSealingKey } from './wrap-sealing-key.ts';

const SCOPE_HEX = 32;

export type RepositoryKey = { scope: OwnScope; arn: string };

export class RepositoryKeys {
  readonly #parts: { pool: pg.Pool; keyServices: KeyServices; sealingKeys: SealingKeyRing };
  readonly #fallback: string | null;

  /** `fallback` is the key of repositories that name none. */
  constructor(
    parts: { pool: pg.Pool; keyServices: KeyServices; sealingKeys: SealingKeyRing },
    fallback: string | null,
  ) {
    this.#parts = parts;
    this.#fallback = fallback;
  }

  /** Whether repositories can have keys of their own here. */
  get isAvailable(): boolean {
    return this.#parts.keyServices.kms !== null && this.#parts.sealingKeys.isSealing;
  }

  /**
   * Checks a KMS key, and creates the sealing key of its scope. `keyId` is an id, an ARN or an alias; null: the site's.
   * @throws AppError `invalid_input`, `key_refused`, `unavailable`
   */
  async open(keyId: string | null): Promise<RepositoryKey> {
    const { pool, keyServices, sealingKeys } = this.#parts;
    const { kms } = keyServices;
    if (!kms) throw new AppError('invalid_input', 'This site has no KMS. Use AES256, or ask the operator for KMS.');
    if (!sealingKeys.isSealing) {
      throw new AppError(
        'invalid_input',
        "This site stores blobs unsealed, so repositories can't have KMS keys. Use AES256.",
      );
    }
    const asked = keyId ?? this.#fallback;
    if (asked === null) throw new AppError('invalid_input', 'This site has no KMS key of its own. Name a key.');
    const { Arn: arn, KeyState: state = 'Enabled' } = await kms.describe(asked);
    if (state !== 'Enabled') throw refusedKey(`The KMS key ${arn}`, `can't be used, because its state is ${state}`);
    const scope = scopeOf(arn);
    const row = await findCurrentKey(pool, scope);
    if (row) {
      sealingKeys.forget(row.id);
      await sealingKeys.newest(scope);
    } else await insertSealingKey(pool, await createSealingKey(keyServices.forKmsKey(arn), scope));
    return { scope, arn };
  }
}

function scopeOf(arn: string): OwnScope {
  const scope = `key-${createHash('sha256').update(arn).digest('hex').slice(0, SCOPE_HEX)}`;
  if (!isOwnScope(scope)) throw new TypeError('A scope is named by hexadecimal digits');
  return scope;
}
