// Ten codes that each replace a second factor once, for users who lost theirs. Shown once and stored as hashes.
import { randomInt } from 'node:crypto';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { hashSecret } from '#lib/identity/credentials/secrets.ts';

export const RECOVERY_CODES = 10;
/** Without characters that people confuse: 0 and O, 1 and I and L. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
/** 16 characters have 79 bits, so a plain hash is enough. */
const GROUPS = 4;
const GROUP_CHARACTERS = 4;

/** Replaces a user's codes and returns the new ones, such as `x4kd-9mvw-h2pr-7tqa`. */
export async function replaceRecoveryCodes(tx: DbOrTx, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, createCode);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ userId, codeHash: hashCode(userId, code) })) });
  return codes;
}

/** Uses up a code. Returns whether it was valid. */
export async function spendRecoveryCode(tx: DbOrTx, userId: string, code: string): Promise<boolean> {
  const where = { userId, codeHash: hashCode(userId, code), usedAt: null };
  const { count } = await tx.recoveryCode.updateMany({ where, data: { usedAt: new Date() } });
  return count > 0;
}

function createCode(): string {
  const group = () => Array.from({ length: GROUP_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** Ignores case, spaces and hyphens, because people type codes from paper. */
function hashCode(userId: string, code: string): string {
  return hashSecret(`${userId} ${code.toLowerCase().replaceAll(/[\s-]/g, '')}`);
}
