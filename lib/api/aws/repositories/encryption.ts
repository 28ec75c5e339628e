import { awsError } from '../aws-error.ts';

const NO_DSSE = 'KMS_DSSE is only available in AWS GovCloud. Use KMS or AES256.';
const NO_KEY = 'AES256 takes no kmsKey. Use KMS, or omit kmsKey.';

type Encryption = { encryptionType: 'AES256' | 'KMS' | 'KMS_DSSE'; kmsKey?: string | undefined };

/**
 * Returns undefined for the key of the site, and null for its KMS key.
 * @throws AppError `ValidationException`, `InvalidParameterException`
 */
export function parseEncryption(asked: Encryption | undefined): string | null | undefined {
  if (!asked) return undefined;
  if (asked.encryptionType === 'KMS_DSSE') throw awsError('ValidationException', NO_DSSE);
  if (asked.encryptionType === 'KMS') return asked.kmsKey ?? null;
  if (asked.kmsKey !== undefined) throw awsError('InvalidParameterException', NO_KEY);
  return undefined;
}

/** @param kmsKey undefined for the key of the site, null for its KMS key */
export function presentEncryption(kmsKey: string | null | undefined) {
  if (kmsKey === undefined) return { encryptionType: 'AES256' as const };
  return { encryptionType: 'KMS' as const, ...(kmsKey !== null && { kmsKey }) };
}
