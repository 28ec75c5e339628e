// Settings of the process and its address.
import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { chooseServers } from '#lib/platform/processes/plan-processes.ts';
import { flag, httpUrl, logLevel, regionName, seconds } from './config-values.ts';
import type { ValuesOf, VariableRow } from './variables.ts';

const SHARE = 'must be from 0 (none) to 1 (all)';

export const SERVER_VARIABLES = {
  PORT: {
    schema: z.coerce.number({ error: 'must be a port number' }).int().min(1).max(65_535).default(3000),
    doc: 'Port to listen on',
    fallback: '3000',
  },
  HOST: { schema: z.string().min(1).default('127.0.0.1'), doc: 'Address to listen on', fallback: '127.0.0.1' },
  PUBLIC_URL: {
    schema: httpUrl.optional(),
    doc: 'Address that people and clients use, without a path',
    fallback: 'http://localhost:PORT',
  },
  PROXIES: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(0).max(10).default(0),
    doc: 'Trusted proxies in front of the site, counted from the end of X-Forwarded-For',
    fallback: '0',
  },
  DATA_DIR: {
    schema: z.string().min(1).default('.data'),
    doc: 'Folder for all local state: database, blobs, uploads, generated secrets',
    fallback: '.data',
  },
  REGION: {
    schema: regionName.default('us-east-1'),
    doc: 'Region name in ARNs, such as eu-central-1',
    fallback: 'us-east-1',
  },
  ROLE: {
    schema: z.enum(['all', 'web', 'worker'], { error: 'must be all, web or worker' }).default('all'),
    doc: 'What this process runs: all, web (no jobs) or worker (only jobs)',
    fallback: 'all',
  },
  PROCESSES: {
    schema: z.coerce
      .number({ error: 'must be a number' })
      .int()
      .min(1)
      .max(64)
      .default(() => chooseServers({ cores: availableParallelism(), memoryBytes: availableMemory() })),
    doc: 'Processes that answer requests on this machine. More than 1 adds processes for pages',
    fallback: 'as many as cores, at most 8',
  },
  DEMO: { schema: flag('1'), doc: 'Fill an empty embedded database with the demo gallery: 1 or 0', fallback: '1' },
  LOG_LEVEL: {
    schema: logLevel.default('info'),
    doc: 'Log level: trace, debug, info, warn, error or silent',
    fallback: 'info',
  },
  ACCESS_LOG: {
    schema: z.coerce.number({ error: 'must be a number from 0 to 1' }).min(0, SHARE).max(1, SHARE).default(0),
    doc: 'Share of requests to log, from 0 to 1',
    fallback: '0',
  },
  METRICS_TOKEN: {
    schema: z.string().min(16, 'must have at least 16 characters').optional(),
    doc: 'Bearer token for /metrics',
    fallback: 'loopback clients only',
    isSecret: true,
  },
  DRAIN_DELAY_SECONDS: {
    schema: seconds(5),
    doc: 'How long new requests are still answered after SIGTERM, while /readyz fails',
    fallback: '5',
  },
  DRAIN_SECONDS: {
    schema: seconds(300),
    doc: 'How long requests in progress may take to finish after that',
    fallback: '300',
  },
} as const satisfies Record<string, VariableRow>;

export type ServerConfig = {
  port: number;
  host: string;
  publicUrl: string;
  /** Host of `publicUrl`, with the port if it isn't the default: the prefix of image references. */
  publicHost: string;
  /** False: trust the Host header of requests instead of `publicUrl`. */
  isPublicUrlSet: boolean;
  /** `region` is part of ARNs. `isSecure`: clients connect over TLS. */
  site: { region: string; isSecure: boolean };
  /** Trusted proxies that append to X-Forwarded-For. */
  proxyCount: number;
  dataDir: string;
  isDemoWanted: boolean;
  /** Servers of this machine. Only `npm run vitrine -- serve` starts more than one. */
  processes: number;
  role: 'all' | 'web' | 'worker';
  /** After SIGTERM: how long new requests are answered, then how long requests in progress may take. */
  drain: { delaySeconds: number; maxSeconds: number };
  /** Undefined: only loopback clients may read /metrics. */
  metricsToken: string | undefined;
  logLevel: string;
  /** Share of requests to log. */
  accessLogShare: number;
};

type Values = ValuesOf<typeof SERVER_VARIABLES>;

export function readServerConfig(values: Values): ServerConfig {
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`;
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl,
    publicHost: new URL(publicUrl).host,
    isPublicUrlSet: values.PUBLIC_URL !== undefined,
    site: { region: values.REGION, isSecure: publicUrl.startsWith('https:') },
    proxyCount: values.PROXIES,
    dataDir: resolve(values.DATA_DIR),
    isDemoWanted: values.DEMO,
    processes: values.PROCESSES,
    role: values.ROLE,
    drain: { delaySeconds: values.DRAIN_DELAY_SECONDS, maxSeconds: values.DRAIN_SECONDS },
    metricsToken: values.METRICS_TOKEN,
    logLevel: values.LOG_LEVEL,
    accessLogShare: values.ACCESS_LOG,
  };
}

/** Of the machine, or what a container may use. */
function availableMemory(): number {
  return Math.min(process.constrainedMemory() || Infinity, totalmem());
}
