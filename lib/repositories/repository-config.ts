// Settings of deleted content and of usage.
import { z } from 'zod';
import { networks } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

export const REPOSITORY_VARIABLES = {
  RESTORE_DAYS: {
    schema: z.coerce.number({ error: 'must be a number of days' }).int().min(0).max(3650).default(7),
    doc: 'Days during which deleted content can be restored (0: none)',
    fallback: '7',
  },
  SITE_NETWORKS: {
    schema: networks('127.0.0.0/8, ::1/128'),
    doc: 'Comma-separated networks whose clients count as the same site in usage',
    fallback: 'loopback',
  },
  OTHER_SITE_NETWORKS: {
    schema: networks(''),
    doc: 'Comma-separated networks of your other sites, for usage',
    fallback: 'none',
  },
  LIFECYCLE_MAX_PERCENT: {
    schema: z.coerce.number({ error: 'must be a percentage' }).int().min(1).max(100).default(50),
    doc: "Percent of a repository's images that one run of its lifecycle policy may take",
    fallback: '50',
  },
} as const satisfies Record<string, VariableRow>;

export type RepositoryConfig = {
  /** How long deleted content can be restored. */
  restoreDays: number;
  /** The share of a repository that one run of its lifecycle policy may take. */
  lifecycleMaxPercent: number;
  /** Networks of the site itself and of the operator's other sites, by which usage classifies clients. */
  usageNetworks: { site: string[]; otherSites: string[] };
};

type Values = ValuesOf<typeof REPOSITORY_VARIABLES>;

export function readRepositoryConfig(values: Values): RepositoryConfig {
  return {
    restoreDays: values.RESTORE_DAYS,
    lifecycleMaxPercent: values.LIFECYCLE_MAX_PERCENT,
    usageNetworks: { site: values.SITE_NETWORKS, otherSites: values.OTHER_SITE_NETWORKS },
  };
}
