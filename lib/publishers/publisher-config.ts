// Settings of registries and their publishers.
import { z } from 'zod';
import { count, dnsServers, quota } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

export const PUBLISHER_VARIABLES = {
  REGISTRY_QUOTA: {
    schema: quota,
    doc: 'Default storage quota of a registry, such as 50GB',
    fallback: 'unlimited',
  },
  REGISTRIES_PER_USER: {
    schema: count(10),
    doc: 'Registries that one user may own (0: unlimited)',
    fallback: '10',
  },
  PUBLISHER_BRANDING: {
    schema: z.enum(['verified', 'everyone'], { error: 'must be verified or everyone' }).default('verified'),
    doc: 'Whose display names and logos the gallery shows: verified or everyone',
    fallback: 'verified',
  },
  DNS_SERVERS: {
    schema: dnsServers,
    doc: 'Comma-separated name servers for domain proofs: ADDRESS or ADDRESS:PORT',
    fallback: "the system's resolvers",
  },
} as const satisfies Record<string, VariableRow>;

export type PublisherConfig = {
  /** Default quota of a registry; null: unlimited. */
  registryQuotaBytes: number | null;
  /** How many one user may own. 0: unlimited. */
  registriesPerUser: number;
  /** Whose display names and logos the gallery shows (publishers/branding.ts). */
  publisherBranding: 'verified' | 'everyone';
  /** Resolvers for domain proofs; empty: the system's. */
  dnsServers: string[];
};

type Values = ValuesOf<typeof PUBLISHER_VARIABLES>;

export function readPublisherConfig(values: Values): PublisherConfig {
  return {
    registryQuotaBytes: values.REGISTRY_QUOTA,
    registriesPerUser: values.REGISTRIES_PER_USER,
    publisherBranding: values.PUBLISHER_BRANDING,
    dnsServers: values.DNS_SERVERS,
  };
}
