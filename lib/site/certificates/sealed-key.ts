// Private keys of certificates and ACME accounts are stored encrypted with a key derived from the master key.
import { deriveFromMaster, type MasterKeys } from '#lib/keys/master-keys.ts';
import { openSecret, sealSecret } from '#lib/platform/sealed-secret.ts';

const KEY_BYTES = 32;

export type SealedKey = { sealedKey: Uint8Array<ArrayBuffer>; keyVersion: number };

/** @param owner what the key is for, so that it can't be moved to another row */
export function sealPrivateKey(masterKeys: MasterKeys, owner: string, pem: string): SealedKey {
  const { newest } = masterKeys;
  const key = deriveFromMaster(masterKeys, newest, 'certificate-keys', KEY_BYTES);
  if (!key) throw new TypeError('The newest master key is unknown.');
  return { sealedKey: new Uint8Array(sealSecret(key, owner, pem)), keyVersion: newest };
}

/** Returns null if the version of the master key isn't listed any more. */
export function openPrivateKey(
  masterKeys: MasterKeys,
  owner: string,
  { sealedKey, keyVersion }: SealedKey,
): string | null {
  const key = deriveFromMaster(masterKeys, keyVersion, 'certificate-keys', KEY_BYTES);
  return key && openSecret(key, owner, sealedKey);
}
