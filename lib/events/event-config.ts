// Settings of the audit log.
import { z } from 'zod';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

export const EVENT_VARIABLES = {
  AUDIT_PULLS_DAYS: {
    schema: z.coerce.number({ error: 'must be a number of days' }).int().min(0).max(36_500).default(90),
    doc: 'Days that the audit log keeps pulls (0: not recorded)',
    fallback: '90',
  },
  AUDIT_DAYS: {
    schema: z.coerce.number({ error: 'must be a number of days' }).int().min(1).max(36_500).optional(),
    doc: 'Days that the audit log keeps everything else',
    fallback: 'forever',
  },
} as const satisfies Record<string, VariableRow>;

export type EventConfig = {
  /** Retention of pulls in the audit log; 0: not recorded. */
  auditPullsDays: number;
  /** Retention of all other audit events; null: forever. */
  auditDays: number | null;
};

type Values = ValuesOf<typeof EVENT_VARIABLES>;

export function readEventConfig(values: Values): EventConfig {
  return {
    auditPullsDays: values.AUDIT_PULLS_DAYS,
    auditDays: values.AUDIT_DAYS ?? null,
  };
}
