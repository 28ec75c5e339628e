// The keys that secrets of access keys are derived from, and that sealing keys are wrapped with. A new version is added in front to
// rotate; what an older version protects stays usable while that version is listed.
import { createHmac, hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import { readOrCreateSecret } from '#lib/platform/files.ts';
import type { KeysConfig } from './keys-config.ts';

export type MasterKeys = {
  /** For new access keys. */
  newest: number;
  secrets: ReadonlyMap<number, string>;
};

/** Reads MASTER_KEY. Without it, generates a key in DATA_DIR. */
export function openMasterKeys({ masterKeys, dataDir }: KeysConfig & ServerConfig): MasterKeys {
  const secrets = masterKeys ?? new Map([[1, readOrCreateSecret(join(dataDir, 'secrets', 'master'))]]);
  return { newest: Math.max(...secrets.keys()), secrets };
}

/** Returns the key for a purpose (HKDF, RFC 5869), or null if the version isn't listed any more. */
export function deriveFromMaster(keys: MasterKeys, version: number, purpose: string, sizeBytes: number): Buffer | null {
  const secret = keys.secrets.get(version);
  return secret === undefined ? null : Buffer.from(hkdfSync('sha256', secret, '', `vitrine ${purpose}`, sizeBytes));
}

/** Identifies a version without revealing it. */
export function markMasterKey(secret: string): string {
  return createHmac('sha256', secret).update('vitrine master-key mark').digest('hex');
}
