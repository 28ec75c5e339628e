import { nameOf, type KmsClient } from './kms-client.ts';
import { refusedKey, type KeyService, type WrappedSecret } from './key-service.ts';

const PREFIX = 'kms:';

/** Wraps with a key of AWS KMS. The encryption context is `vitrine`, so that CloudTrail shows what a key was used for. */
export class KmsService implements KeyService {
  readonly name: string;
  readonly #client: KmsClient;
  readonly #keyId: string;
  #arn: string | null = null;

  /** `keyId` is an id, an ARN or an alias. */
  constructor(client: KmsClient, keyId: string) {
    this.name = nameOf(keyId);
    this.#client = client;
    this.#keyId = keyId;
  }

  async wrap(secret: Buffer, context: string): Promise<WrappedSecret> {
    const arn = await this.#findArn();
    return { wrapped: await this.#client.encrypt(arn, secret, context), wrappedBy: PREFIX + arn };
  }

  unwrap({ wrapped, wrappedBy }: WrappedSecret, context: string): Promise<Buffer> {
    return this.#client.decrypt(toArn(wrappedBy), wrapped, context);
  }

  /** KMS keeps older versions of a key by itself, so a rotation there needs nothing here. */
  async rewrap(old: WrappedSecret, context: string): Promise<WrappedSecret | null> {
    // An alias may have moved to another key.
    this.#arn = null;
    const arn = await this.#findArn();
    if (toArn(old.wrappedBy) === arn) return old;
    const wrapped = await this.#client.reEncrypt(toArn(old.wrappedBy), arn, old.wrapped, context);
    return { wrapped, wrappedBy: PREFIX + arn };
  }

  /** Encrypts and decrypts, because a policy may allow only one. */
  async check(): Promise<void> {
    const context = 'check';
    const wrapped = await this.wrap(Buffer.from(context), context);
    await this.unwrap(wrapped, context);
  }

  close(): void {
    this.#client.close();
  }

  async #findArn(): Promise<string> {
    if (this.#arn !== null) return this.#arn;
    const { Arn, KeySpec = 'SYMMETRIC_DEFAULT' } = await this.#client.describe(this.#keyId);
    if (KeySpec !== 'SYMMETRIC_DEFAULT') throw refusedKey(this.name, 'is asymmetric. Use a symmetric key');
    return (this.#arn = Arn);
  }
}

function toArn(wrappedBy: string): string {
  return wrappedBy.slice(PREFIX.length);
}
