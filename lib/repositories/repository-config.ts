// Settings of deleted content.
import { z } from 'zod';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

export const REPOSITORY_VARIABLES = {
  RESTORE_DAYS: {
    schema: z.coerce.number({ error: 'must be a number of days' }).int().min(0).max(3650).default(7),
    doc: 'Days during which deleted content can be restored (0: none)',
    fallback: '7',
  },
} as const satisfies Record<string, VariableRow>;

export type RepositoryConfig = {
  /** How long deleted content can be restored. */
  restoreDays: number;
};

type Values = ValuesOf<typeof REPOSITORY_VARIABLES>;

export function readRepositoryConfig(values: Values): RepositoryConfig {
  return {
    restoreDays: values.RESTORE_DAYS,
  };
}
