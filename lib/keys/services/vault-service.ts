// Wraps with the transit engine of Vault or OpenBao. Transit can't rewrap what it has encrypted with associated data, so it encrypts a
// random key, and that key encrypts the secret together with its context:
//
//   2 bytes   length of the ciphertext, big-endian
//   n bytes   ciphertext of the key, `vault:v1:…`
//   the rest  the secret (platform/sealed-secret.ts)
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { openSecret, sealSecret } from '#lib/platform/sealed-secret.ts';
import { alteredSecret, refusedKey, type KeyService, type WrappedSecret } from './key-service.ts';
import { readErrors, type VaultClient } from './vault-client.ts';

const KEY_BYTES = 32;
const LENGTH_BYTES = 2;
const WRAPPED_BY = /^vault:(.+)\/([^/]+):v(\d+)$/;
const CIPHERTEXT = /^vault:v(\d+):/;

const keySchema = z.object({ data: z.object({ latest_version: z.number(), supports_encryption: z.boolean() }) });
const ciphertextSchema = z.object({ data: z.object({ ciphertext: z.string().regex(CIPHERTEXT).max(4096) }) });
const plaintextSchema = z.object({ data: z.object({ plaintext: z.base64() }) });

export type TransitKey = { mount: string; key: string };

export class VaultService implements KeyService {
  readonly name: string;
  readonly #client: VaultClient;
  readonly #transit: TransitKey;

  constructor(client: VaultClient, transit: TransitKey) {
    this.name = `${client.name} with the transit key ${transit.mount}/${transit.key}`;
    this.#client = client;
    this.#transit = transit;
  }

  async wrap(secret: Buffer, context: string): Promise<WrappedSecret> {
    const key = randomBytes(KEY_BYTES);
    const ciphertext = await this.#transform('encrypt', { plaintext: key.toString('base64') });
    return this.#join(ciphertext, sealSecret(key, context, secret.toString('base64')));
  }

  async unwrap({ wrapped, wrappedBy }: WrappedSecret, context: string): Promise<Buffer> {
    const [, mount = '', key = ''] = WRAPPED_BY.exec(wrappedBy) ?? [];
    const { ciphertext, sealed } = split(wrapped, context);
    const answer = await this.#client.send('POST', `${mount}/decrypt/${key}`, { ciphertext });
    if (answer.status !== 200) throw this.#toError(answer.body, context);
    const { plaintext } = plaintextSchema.parse(answer.body).data;
    try {
      return Buffer.from(openSecret(Buffer.from(plaintext, 'base64'), context, sealed), 'base64');
    } catch (cause) {
      throw alteredSecret(context, cause);
    }
  }

  async rewrap(old: WrappedSecret, context: string): Promise<WrappedSecret | null> {
    const [, mount, key, version] = WRAPPED_BY.exec(old.wrappedBy) ?? [];
    if (mount !== this.#transit.mount || key !== this.#transit.key) return null;
    if (Number(version) === (await this.#readVersion())) return old;
    const { ciphertext, sealed } = split(old.wrapped, context);
    return this.#join(await this.#transform('rewrap', { ciphertext }, context), sealed);
  }

  /** Looks for the key first, because encrypting with a missing one may create it. */
  async check(): Promise<void> {
    await this.#readVersion();
    const context = 'check';
    const wrapped = await this.wrap(Buffer.from(context), context);
    await this.unwrap(wrapped, context);
    const { ciphertext } = split(wrapped.wrapped, context);
    await this.#transform('rewrap', { ciphertext });
  }

  close(): void {
    this.#client.close();
  }

  async #readVersion(): Promise<number> {
    const { mount, key } = this.#transit;
    const answer = await this.#client.send('GET', `${mount}/keys/${key}`);
    if (answer.status !== 200) throw refusedKey(this.name, "can't be used, because that key doesn't exist");
    const { latest_version, supports_encryption } = keySchema.parse(answer.body).data;
    if (!supports_encryption) throw refusedKey(this.name, "can't be used, because that key doesn't encrypt");
    return latest_version;
  }

  async #transform(operation: 'encrypt' | 'rewrap', body: object, context = 'wrapped key'): Promise<string> {
    const { mount, key } = this.#transit;
    const answer = await this.#client.send('POST', `${mount}/${operation}/${key}`, body);
    if (answer.status !== 200) throw this.#toError(answer.body, context);
    return ciphertextSchema.parse(answer.body).data.ciphertext;
  }

  #toError(body: unknown, context: string): Error {
    const reason = readErrors(body);
    if (/message authentication failed|invalid ciphertext|base64/.test(reason)) return alteredSecret(context, reason);
    return refusedKey(this.name, `refuses the ${context} (${reason})`);
  }

  #join(ciphertext: string, sealed: Uint8Array): WrappedSecret {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt16BE(ciphertext.length);
    const version = CIPHERTEXT.exec(ciphertext)?.[1];
    const { mount, key } = this.#transit;
    return {
      wrapped: Buffer.concat([length, Buffer.from(ciphertext), sealed]),
      wrappedBy: `vault:${mount}/${key}:v${version}`,
    };
  }
}

function split(wrapped: Buffer, context: string): { ciphertext: string; sealed: Buffer } {
  if (wrapped.length < LENGTH_BYTES) throw alteredSecret(context);
  const end = LENGTH_BYTES + wrapped.readUInt16BE();
  return { ciphertext: wrapped.toString('utf8', LENGTH_BYTES, end), sealed: wrapped.subarray(end) };
}
