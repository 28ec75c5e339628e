// Calls AWS KMS, and says what went wrong in words.
import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  KMSClient,
  ReEncryptCommand,
  type KeyMetadata,
} from '@aws-sdk/client-kms';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type AppError } from '#lib/platform/errors.ts';
import { alteredSecret, refusedKey, unreachableService } from './key-service.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const ANSWER_TIMEOUT_MS = 5_000;
/** With jitter in between. */
const MAX_ATTEMPTS = 3;
const ALTERED = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);
const REFUSALS: Record<string, string> = {
  DisabledException: 'is disabled',
  KMSInvalidStateException: "can't be used in its present state",
  NotFoundException: "doesn't exist",
  AccessDeniedException: "can't be used by this site",
  InvalidKeyUsageException: "can't encrypt",
  InvalidArnException: 'has an invalid ARN',
  InvalidGrantIdException: "can't be used by this site",
};

export type KmsConfig = {
  region: string;
  /** Null: AWS. */
  endpoint: string | null;
  /** Null: those of the environment or the instance. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
};

type Context = Record<string, string>;

export class KmsClient {
  readonly #client: KMSClient;

  constructor({ region, endpoint, credentials }: KmsConfig) {
    this.#client = new KMSClient({
      region,
      ...(endpoint !== null && { endpoint }),
      ...(credentials && { credentials }),
      maxAttempts: MAX_ATTEMPTS,
      requestHandler: new NodeHttpHandler({
        connectionTimeout: CONNECT_TIMEOUT_MS,
        requestTimeout: ANSWER_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      }),
    });
  }

  /** Resolves an id, ARN or alias. @throws AppError `key_refused`, `unavailable` */
  async describe(keyId: string): Promise<KeyMetadata & { Arn: string }> {
    const { KeyMetadata: found } = await this.#send(keyId, () =>
      this.#client.send(new DescribeKeyCommand({ KeyId: keyId })),
    );
    if (found?.Arn === undefined) throw refusedKey(nameOf(keyId), "doesn't exist");
    return { ...found, Arn: found.Arn };
  }

  async encrypt(keyId: string, secret: Buffer, context: string): Promise<Buffer> {
    const command = new EncryptCommand({ KeyId: keyId, Plaintext: secret, EncryptionContext: toContext(context) });
    const { CiphertextBlob } = await this.#send(keyId, () => this.#client.send(command));
    return toBuffer(CiphertextBlob);
  }

  async decrypt(keyId: string, wrapped: Buffer, context: string): Promise<Buffer> {
    const input = { KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext: toContext(context) };
    const answer = await this.#send(keyId, () => this.#client.send(new DecryptCommand(input)), context);
    return toBuffer(answer.Plaintext);
  }

  async reEncrypt(from: string, to: string, wrapped: Buffer, context: string): Promise<Buffer> {
    const command = new ReEncryptCommand({
      CiphertextBlob: wrapped,
      SourceKeyId: from,
      DestinationKeyId: to,
      SourceEncryptionContext: toContext(context),
      DestinationEncryptionContext: toContext(context),
    });
    return toBuffer((await this.#send(to, () => this.#client.send(command), context)).CiphertextBlob);
  }

  close(): void {
    this.#client.destroy();
  }

  async #send<Answer>(keyId: string, call: () => Promise<Answer>, context?: string): Promise<Answer> {
    try {
      return await call();
    } catch (error) {
      throw toKeyError(keyId, error, context);
    }
  }
}

export function nameOf(keyId: string): string {
  return `The KMS key ${keyId}`;
}

function toKeyError(keyId: string, error: unknown, context = 'wrapped key'): AppError {
  const name = error instanceof Error ? error.name : '';
  // Its own message is "UnknownError", or none.
  if (ALTERED.has(name)) return alteredSecret(context, error);
  const reason = REFUSALS[name];
  if (reason !== undefined) return refusedKey(nameOf(keyId), reason, error);
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const isRefusal = status !== undefined && status >= 400 && status < 500 && !/Throttl|LimitExceeded/.test(name);
  if (isRefusal) return refusedKey(nameOf(keyId), `can't be used, because KMS answered ${name}`, error);
  if (name === 'CredentialsProviderError') return refusedKey(nameOf(keyId), "can't be used without credentials", error);
  return unreachableService('AWS KMS', error);
}

function toContext(context: string): Context {
  return { vitrine: context };
}

function toBuffer(bytes: Uint8Array | undefined): Buffer {
  if (!bytes) throw new TypeError('KMS answered without bytes.');
  return Buffer.from(bytes);
}
