// Settings of mirrors.
import { z } from 'zod';
import { byteSize } from '#lib/platform/config/byte-size.ts';
import { mirrorHosts, networks } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

export const UPSTREAM_VARIABLES = {
  UPSTREAM_NETWORKS: {
    schema: networks(''),
    doc: 'Comma-separated private networks that upstreams and identity providers may be in, such as 10.0.0.0/8',
    fallback: 'public addresses only',
  },
  UPSTREAM_CONNECTIONS: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(1).max(1000).default(16),
    doc: 'Concurrent downloads per upstream, and as many metadata requests',
    fallback: '16',
  },
  UPSTREAM_REQUESTS_PER_SECOND: {
    schema: z.coerce.number({ error: 'must be a number' }).positive().max(10_000).default(50),
    doc: 'Requests per second to one host, by all processes of the site',
    fallback: '50',
  },
  CACHE_SIZE: {
    schema: byteSize.default(50 * 1024 ** 3),
    doc: 'Size of the mirror cache, such as 500GB',
    fallback: '50GB',
  },
  MIRROR_HOSTS: {
    schema: mirrorHosts,
    doc: 'Comma-separated hosts that stand for another registry: hub.example.org=docker.io',
    fallback: 'none',
  },
} as const satisfies Record<string, VariableRow>;

export type MirrorConfig = {
  /** Private networks that upstreams may be in. */
  allowedNetworks: string[];
  connectionsPerHost: number;
  requestsPerSecond: number;
  /** Bytes of cached content. */
  cacheMaxBytes: number;
  /** Host name of this site → host of the registry that it mirrors. */
  hosts: Map<string, string>;
};

export type UpstreamConfig = {
  mirrors: MirrorConfig;
};

type Values = ValuesOf<typeof UPSTREAM_VARIABLES>;

export function readUpstreamConfig(values: Values): UpstreamConfig {
  return {
    mirrors: {
      allowedNetworks: values.UPSTREAM_NETWORKS,
      connectionsPerHost: values.UPSTREAM_CONNECTIONS,
      requestsPerSecond: values.UPSTREAM_REQUESTS_PER_SECOND,
      cacheMaxBytes: values.CACHE_SIZE,
      hosts: values.MIRROR_HOSTS,
    },
  };
}
