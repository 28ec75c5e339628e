import type { Config } from '#lib/config.ts';
import { openMasterKeys } from '#lib/keys/master-keys.ts';
import { openKeyServices } from '#lib/keys/services/open-key-services.ts';
import { fail, ok, sentenceOf, type Finding } from './finding.ts';

const CHECK = 'keys';
const NEXT = {
  master: 'Check MASTER_KEY.',
  kms: 'Check the KMS_ settings, and that the credentials may use kms:DescribeKey, kms:Encrypt and kms:Decrypt with the key.',
  vault:
    'Check the VAULT_ settings, and that the policy allows read of the key and update of encrypt, decrypt and rewrap.',
};

/** Encrypts and decrypts with the key service. Says nothing about the master key alone. */
export async function checkKeys(config: Config): Promise<Finding[]> {
  if (config.keyService === 'master') return [];
  try {
    const services = await openKeyServices(config, openMasterKeys(config));
    try {
      await services.current.check();
      return [ok(CHECK, `${services.current.name} encrypts and decrypts.`)];
    } finally {
      services.close();
    }
  } catch (error) {
    return [fail(CHECK, sentenceOf(error), NEXT[config.keyService])];
  }
}
