// Settings of the keys that protect what a site stores.
import { z } from 'zod';
import { httpUrl, regionName, seconds } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { KmsConfig } from './services/kms-client.ts';
import type { KeyServiceKind } from './services/key-service.ts';
import type { VaultConfig } from './services/vault-client.ts';
import type { TransitKey } from './services/vault-service.ts';

const MASTER_KEY_FORM = 'must be a secret of at least 32 characters, or such secrets with versions, as in 2:NEW,1:OLD';

/** Versions of the master key. A secret without a version is version 1. */
const masterKeys = z.string().transform((value, context) => {
  const keys = new Map<number, string>();
  for (const entry of value.split(',')) {
    const [, version = '1', secret = ''] = /^\s*(?:(\d{1,6}):)?([^\s:]{32,})\s*$/.exec(entry) ?? [];
    if (secret === '' || keys.has(Number(version))) {
      context.addIssue(MASTER_KEY_FORM);
      return z.NEVER;
    }
    keys.set(Number(version), secret);
  }
  return keys;
});

export const KEYS_VARIABLES = {
  MASTER_KEY: {
    schema: masterKeys.optional(),
    doc: 'Key that protects the keys of blobs and secrets, and access keys; the same on every replica. To rotate it, list versions: 2:NEW,1:OLD',
    fallback: 'generated in DATA_DIR',
    isSecret: true,
  },
  SEALED_STORAGE: {
    schema: z.enum(['0', '1'], { error: 'must be 0 or 1' }).optional(),
    doc: 'Encrypt new blobs in the store: 1 or 0. Blobs that are there already stay readable',
    fallback: '1 for a new site',
  },
  KEY_SERVICE: {
    schema: z.enum(['master', 'kms', 'vault'], { error: 'must be master, kms or vault' }).default('master'),
    doc: 'What protects the keys of blobs and secrets: the master key (master), AWS KMS (kms) or Vault transit (vault)',
    fallback: 'master',
  },
  KMS_REGION: {
    schema: regionName.optional(),
    doc: 'Region of AWS KMS',
    fallback: 'no KMS',
  },
  KMS_KEY_ID: {
    schema: z.string().max(2048).optional(),
    doc: 'ID, ARN or alias of the KMS key for KEY_SERVICE=kms, and for repositories that name no other',
    fallback: 'none',
  },
  KMS_CACHE_SECONDS: {
    schema: seconds(300),
    doc: 'How long a process uses the key of a repository before it asks KMS again',
    fallback: '300',
  },
  KMS_ENDPOINT: {
    schema: httpUrl.optional(),
    doc: 'Address of a server with the API of KMS',
    fallback: 'AWS',
  },
  KMS_ACCESS_KEY_ID: {
    schema: z.string().optional(),
    doc: 'Access key ID for KMS',
    fallback: 'credentials of the environment or the instance',
  },
  KMS_SECRET_ACCESS_KEY: {
    schema: z.string().optional(),
    doc: 'Secret access key for KMS',
    fallback: 'credentials of the environment or the instance',
    isSecret: true,
  },
  VAULT_ADDR: {
    schema: httpUrl.optional(),
    doc: 'Address of Vault or OpenBao',
    fallback: 'none',
  },
  VAULT_NAMESPACE: {
    schema: z
      .string()
      .regex(/^[\w./-]+$/, 'must be a name such as team/vitrine')
      .optional(),
    doc: 'Namespace in Vault',
    fallback: 'none',
  },
  VAULT_TRANSIT_MOUNT: {
    schema: z
      .string()
      .regex(/^[\w.-]+(?:\/[\w.-]+)*$/, 'must be a path such as transit')
      .default('transit'),
    doc: 'Path of the transit engine in Vault',
    fallback: 'transit',
  },
  VAULT_TRANSIT_KEY: {
    schema: z
      .string()
      .regex(/^[\w.-]+$/, 'must be the name of a key')
      .optional(),
    doc: 'Key of the transit engine',
    fallback: 'no Vault',
  },
  VAULT_TOKEN: {
    schema: z.string().optional(),
    doc: 'Token for Vault',
    fallback: 'an AppRole',
    isSecret: true,
  },
  VAULT_ROLE_ID: {
    schema: z.string().optional(),
    doc: 'ID of an AppRole in Vault',
    fallback: 'a token',
  },
  VAULT_SECRET_ID: {
    schema: z.string().optional(),
    doc: 'Secret ID of the AppRole',
    fallback: 'a token',
    isSecret: true,
  },
} as const satisfies Record<string, VariableRow>;

export type KeysConfig = {
  /** Secrets by version. Undefined: generated in DATA_DIR. */
  masterKeys: ReadonlyMap<number, string> | undefined;
  /** Null: a site that starts without blobs seals them. */
  isStorageSealed: boolean | null;
  /** What wraps the keys of blobs. */
  keyService: KeyServiceKind;
  /** Null without KMS_REGION. `keyId` is null if only repositories use KMS. */
  kms: (KmsConfig & { keyId: string | null }) | null;
  /** How long a key of a repository is used before KMS is asked again. */
  kmsCacheSeconds: number;
  /** Null without VAULT_TRANSIT_KEY. */
  vault: (VaultConfig & TransitKey) | null;
};

type Values = ValuesOf<typeof KEYS_VARIABLES>;

/** @throws AppError `invalid_input`, naming the setting that is missing */
export function readKeysConfig(values: Values): KeysConfig {
  const keyService = values.KEY_SERVICE;
  const [kms, vault] = [readKms(values), readVault(values)];
  if (keyService === 'kms' && !kms?.keyId) throw missing('KEY_SERVICE=kms needs KMS_REGION and KMS_KEY_ID.');
  if (keyService === 'vault' && !vault) throw missing('KEY_SERVICE=vault needs VAULT_ADDR and VAULT_TRANSIT_KEY.');
  return {
    masterKeys: values.MASTER_KEY,
    isStorageSealed: values.SEALED_STORAGE === undefined ? null : values.SEALED_STORAGE === '1',
    keyService,
    kms,
    kmsCacheSeconds: values.KMS_CACHE_SECONDS,
    vault,
  };
}

function readKms(values: Values): KeysConfig['kms'] {
  const [accessKeyId, secretAccessKey] = [values.KMS_ACCESS_KEY_ID, values.KMS_SECRET_ACCESS_KEY];
  if (values.KMS_REGION === undefined) {
    if (values.KMS_KEY_ID !== undefined) throw missing('KMS_KEY_ID needs KMS_REGION.');
    return null;
  }
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw missing('KMS_ACCESS_KEY_ID and KMS_SECRET_ACCESS_KEY belong together. Set both, or neither.');
  }
  return {
    region: values.KMS_REGION,
    endpoint: values.KMS_ENDPOINT ?? null,
    keyId: values.KMS_KEY_ID ?? null,
    credentials: accessKeyId !== undefined && secretAccessKey !== undefined ? { accessKeyId, secretAccessKey } : null,
  };
}

/** VAULT_ADDR and VAULT_TOKEN alone may be meant for the command line of Vault. */
function readVault(values: Values): KeysConfig['vault'] {
  const { VAULT_ADDR: address, VAULT_TRANSIT_KEY: key, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId } = values;
  if (key === undefined) return null;
  if (address === undefined) throw missing('VAULT_TRANSIT_KEY needs VAULT_ADDR.');
  const shared = { address, key, mount: values.VAULT_TRANSIT_MOUNT, namespace: values.VAULT_NAMESPACE ?? null };
  if (roleId !== undefined && secretId !== undefined) return { ...shared, auth: { roleId, secretId } };
  if (values.VAULT_TOKEN !== undefined) return { ...shared, auth: { token: values.VAULT_TOKEN } };
  throw missing('Vault needs VAULT_ROLE_ID and VAULT_SECRET_ID, or VAULT_TOKEN.');
}

function missing(sentence: string): AppError {
  return new AppError('invalid_input', sentence);
}
