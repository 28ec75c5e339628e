// A sealing key is stored encrypted with a key derived from a version of the master key.
import { randomBytes, randomUUID } from 'node:crypto';
import { AppError } from '#lib/platform/errors.ts';
import { openSecret, sealSecret } from '#lib/platform/sealed-secret.ts';
import { deriveFromMaster, type MasterKeys } from './master-keys.ts';
import type { SealingKeyRow } from './sealing-keys.sql.ts';

const KEY_BYTES = 32;
const MASTER = /^master:(\d+)$/;

/** Creates a key for new blobs of a scope. */
export function createSealingKey(masterKeys: MasterKeys, scope: string): SealingKeyRow {
  return wrapSealingKey(masterKeys, { id: randomUUID(), scope, secret: randomBytes(KEY_BYTES) });
}

/** Wraps a key with the newest master key. */
export function wrapSealingKey(
  masterKeys: MasterKeys,
  { id, scope, secret }: { id: string; scope: string; secret: Buffer },
): SealingKeyRow {
  const version = masterKeys.newest;
  const key = deriveFromMaster(masterKeys, version, 'sealing-keys', KEY_BYTES);
  if (!key) throw new TypeError('The newest master key is unknown.');
  return {
    id,
    scope,
    wrapped: sealSecret(key, contextOf(id), secret.toString('base64')),
    wrappedBy: `master:${version}`,
  };
}

/** @throws AppError `unavailable` with a message for the operator */
export function unwrapSealingKey(masterKeys: MasterKeys, { id, wrapped, wrappedBy }: SealingKeyRow): Buffer {
  const version = Number(MASTER.exec(wrappedBy)?.[1]);
  const key = deriveFromMaster(masterKeys, version, 'sealing-keys', KEY_BYTES);
  if (!key) {
    const advice = 'List that version in MASTER_KEY again until "npm run vitrine -- keys rewrap" has run.';
    throw new AppError('unavailable', `Blobs are sealed with a key that ${wrappedBy} protects. ${advice}`);
  }
  try {
    return Buffer.from(openSecret(key, contextOf(id), wrapped), 'base64');
  } catch (cause) {
    throw new AppError('unavailable', `The sealing key ${id} was altered in the database. Restore it from a backup.`, {
      cause,
    });
  }
}

function contextOf(id: string): string {
  return `sealing key ${id}`;
}
