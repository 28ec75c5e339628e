// Settings of the keys that protect what a site stores.
import { z } from 'zod';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

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
    doc: 'Key that protects the keys of blobs and the secrets of access keys; the same on every replica. To rotate it, list versions: 2:NEW,1:OLD',
    fallback: 'generated in DATA_DIR',
    isSecret: true,
  },
  SEALED_STORAGE: {
    schema: z.enum(['0', '1'], { error: 'must be 0 or 1' }).optional(),
    doc: 'Encrypt new blobs in the store: 1 or 0. Blobs that are there already stay readable',
    fallback: '1 for a new site',
  },
} as const satisfies Record<string, VariableRow>;

export type KeysConfig = {
  /** Secrets by version. Undefined: generated in DATA_DIR. */
  masterKeys: ReadonlyMap<number, string> | undefined;
  /** Null: a site that starts without blobs seals them. */
  isStorageSealed: boolean | null;
};

type Values = ValuesOf<typeof KEYS_VARIABLES>;

export function readKeysConfig(values: Values): KeysConfig {
  return {
    masterKeys: values.MASTER_KEY,
    isStorageSealed: values.SEALED_STORAGE === undefined ? null : values.SEALED_STORAGE === '1',
  };
}
