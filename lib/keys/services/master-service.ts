import { deriveFromMaster, type MasterKeys } from '#lib/keys/master-keys.ts';
import { AppError } from '#lib/platform/errors.ts';
import { openSecret, sealSecret } from '#lib/platform/sealed-secret.ts';
import { alteredSecret, type KeyService, type WrappedSecret } from './key-service.ts';

const KEY_BYTES = 32;
const MASTER = /^master:(\d+)$/;

/** Wraps with keys derived from MASTER_KEY. */
export class MasterService implements KeyService {
  readonly name = 'The master key';
  readonly #keys: MasterKeys;

  constructor(keys: MasterKeys) {
    this.#keys = keys;
  }

  wrap(secret: Buffer, context: string): Promise<WrappedSecret> {
    const { newest } = this.#keys;
    const key = deriveFromMaster(this.#keys, newest, 'sealing-keys', KEY_BYTES);
    if (!key) throw new TypeError('The newest master key is unknown.');
    const wrapped = sealSecret(key, context, secret.toString('base64'));
    return Promise.resolve({ wrapped, wrappedBy: `master:${newest}` });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- An error must reject.
  async unwrap({ wrapped, wrappedBy }: WrappedSecret, context: string): Promise<Buffer> {
    const version = Number(MASTER.exec(wrappedBy)?.[1]);
    const key = deriveFromMaster(this.#keys, version, 'sealing-keys', KEY_BYTES);
    if (!key) {
      const advice = 'List that version in MASTER_KEY again until "npm run vitrine -- keys rewrap" has run.';
      throw new AppError('unavailable', `The ${context} is protected by ${wrappedBy}. ${advice}`);
    }
    try {
      return Buffer.from(openSecret(key, context, wrapped), 'base64');
    } catch (cause) {
      throw alteredSecret(context, cause);
    }
  }

  rewrap(wrapped: WrappedSecret): Promise<WrappedSecret | null> {
    return Promise.resolve(wrapped.wrappedBy === `master:${this.#keys.newest}` ? wrapped : null);
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    // Holds nothing open.
  }
}
