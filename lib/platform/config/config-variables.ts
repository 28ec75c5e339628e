// Every setting. `node scripts/bootstrap.mjs docs` writes docs/settings.md and .env.example from these rows.
import { z } from 'zod';
import { byteSize } from './byte-size.ts';
import {
  count,
  dnsServers,
  flag,
  httpUrl,
  list,
  logLevel,
  mirrorHosts,
  networks,
  postgresUrl,
  quota,
  regionName,
  seconds,
} from './config-values.ts';

export type VariableRow = { schema: z.ZodType; doc: string; fallback: string; isSecret?: true };

/** Name → schema and documentation. A secret can also be read from the file that `NAME_FILE` names. */
export const VARIABLES = {
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
  PULLS_PER_HOUR: {
    schema: count(0),
    doc: 'Anonymous pulls per client and hour, on each replica (0: unlimited)',
    fallback: '0',
  },
  TOKENS_PER_MINUTE: {
    schema: count(600),
    doc: 'Unauthenticated token requests per client and minute, on each replica (0: unlimited)',
    fallback: '600',
  },
  UNLIMITED_NETWORKS: {
    schema: networks('127.0.0.0/8,::1'),
    doc: 'Comma-separated networks exempt from both rate limits',
    fallback: '127.0.0.0/8,::1',
  },
  UPLOADS_PER_USER: {
    schema: count(5000),
    doc: 'Open blob uploads per user (0: unlimited)',
    fallback: '5000',
  },
  UPLOADS_PER_REPOSITORY: {
    schema: count(5000),
    doc: 'Open blob uploads per repository (0: unlimited)',
    fallback: '5000',
  },
  MAX_BLOB_SIZE: {
    schema: byteSize.refine((bytes) => bytes > 0, 'must be greater than 0').default(100 * 1024 ** 3),
    doc: 'Largest blob that can be pushed, such as 10GB',
    fallback: '100GB',
  },
  REGION: {
    schema: regionName.default('us-east-1'),
    doc: 'Region name in ARNs, such as eu-central-1',
    fallback: 'us-east-1',
  },
  REGISTRY_QUOTA: {
    schema: quota,
    doc: 'Default storage quota of a registry, such as 50GB',
    fallback: 'unlimited',
  },
  DISK_RESERVE: {
    schema: byteSize.optional(),
    doc: 'Free disk space that blobs may not use, such as 5GB (0: none)',
    fallback: '2GB, or 5% of a disk below 40 GB',
  },
  DATA_DIR: {
    schema: z.string().min(1).default('.data'),
    doc: 'Folder for all local state: database, blobs, uploads, generated secrets',
    fallback: '.data',
  },
  DATABASE_URL: {
    schema: postgresUrl.optional(),
    doc: 'PostgreSQL server to use instead of the embedded one',
    fallback: 'embedded PostgreSQL',
    isSecret: true,
  },
  DATABASE_DIRECT_URL: {
    schema: postgresUrl.optional(),
    doc: 'Address of the same database that bypasses a pooler such as PgBouncer',
    fallback: 'DATABASE_URL',
    isSecret: true,
  },
  DATABASE_POOL_SIZE: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(4, 'must be at least 4').max(1_000).default(12),
    doc: 'Connections in the pool of each process',
    fallback: '12',
  },
  DATABASE_WAIT_SECONDS: {
    schema: seconds(60),
    doc: 'How long startup waits for an unreachable database',
    fallback: '60',
  },
  PREPARED_STATEMENTS: {
    schema: z.enum(['auto', '0', '1'], { error: 'must be auto, 0 or 1' }).default('auto'),
    doc: 'Use named prepared statements: 1, 0 or auto (not behind a pooler)',
    fallback: 'auto',
  },
  MIGRATE: {
    schema: flag('1'),
    doc: 'Migrate the database at startup: 1 or 0',
    fallback: '1',
  },
  AUTH_SECRET: {
    schema: z.string().min(32, 'must have at least 32 characters').optional(),
    doc: 'Key that signs sessions and registry tokens; the same on every replica',
    fallback: 'generated in DATA_DIR',
    isSecret: true,
  },
  ADMIN_EMAIL: {
    schema: z.email('must be an email address').optional(),
    doc: 'Email address of the first admin, created at startup',
    fallback: 'one-time sign-in link',
  },
  ADMIN_PASSWORD: {
    schema: z.string().min(10, 'must have at least 10 characters').optional(),
    doc: 'Password of the first admin',
    fallback: 'one-time sign-in link',
    isSecret: true,
  },
  SIGN_UP: { schema: flag('1'), doc: 'Let visitors create an account: 1 or 0', fallback: '1' },
  SIGN_UPS_PER_HOUR: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(0).max(100_000).default(10),
    doc: 'Sign-ups per client address and hour (0: unlimited)',
    fallback: '10',
  },
  PUBLISHER_BRANDING: {
    schema: z.enum(['verified', 'everyone'], { error: 'must be verified or everyone' }).default('verified'),
    doc: 'Whose display names and logos the gallery shows: verified or everyone',
    fallback: 'verified',
  },
  OIDC_ISSUER: {
    schema: z.url({ protocol: /^https?$/, error: 'must be the address of an OpenID Connect issuer' }).optional(),
    doc: 'OpenID Connect issuer for single sign-on',
    fallback: 'passwords only',
  },
  OIDC_CLIENT_ID: { schema: z.string().optional(), doc: 'Client ID at the issuer', fallback: 'none' },
  OIDC_CLIENT_SECRET: {
    schema: z.string().optional(),
    doc: 'Client secret at the issuer',
    fallback: 'none',
    isSecret: true,
  },
  OIDC_NAME: {
    schema: z.string().max(60, 'has at most 60 characters').default('single sign-on'),
    doc: 'Name of the issuer on the sign-in page',
    fallback: 'single sign-on',
  },
  OIDC_SCOPES: {
    schema: z.string().default('openid email profile'),
    doc: 'Scopes to request from the issuer',
    fallback: 'openid email profile',
  },
  OIDC_ROLES_CLAIM: {
    schema: z.string().default('groups'),
    doc: 'Claim that lists roles or groups; dots select nested fields, as in realm_access.roles',
    fallback: 'groups',
  },
  OIDC_ADMIN_VALUES: {
    schema: list,
    doc: 'Comma-separated claim values that make a user an admin',
    fallback: 'roles managed in Vitrine',
  },
  OIDC_REVIEWER_VALUES: {
    schema: list,
    doc: 'Comma-separated claim values that make a user a reviewer',
    fallback: 'roles managed in Vitrine',
  },
  OIDC_SIGN_UP: { schema: flag('1'), doc: 'Create an account at the first single sign-on: 1 or 0', fallback: '1' },
  SMTP_URL: {
    schema: z.url({ protocol: /^smtps?$/, error: 'must look like smtp://USER:PASSWORD@HOST:587' }).optional(),
    doc: 'Mail server for notifications, invitations and address confirmation',
    fallback: 'no email',
    isSecret: true,
  },
  SMTP_FROM: {
    schema: z
      .string()
      .regex(/^[^\r\n]*\S+@\S+[^\r\n]*$/, 'must contain an email address')
      .optional(),
    doc: 'Sender of email, such as Vitrine <gallery@example.org>',
    fallback: 'none',
  },
  UPSTREAM_NETWORKS: {
    schema: networks(''),
    doc: 'Comma-separated private networks that upstreams may be in, such as 10.0.0.0/8',
    fallback: 'public addresses only',
  },
  UPSTREAM_CONNECTIONS: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(1).max(1000).default(16),
    doc: 'Concurrent downloads per upstream, and as many metadata requests',
    fallback: '16',
  },
  UPSTREAM_REQUESTS_PER_SECOND: {
    schema: z.coerce.number({ error: 'must be a number' }).positive().max(10_000).default(50),
    doc: 'Request rate limit per upstream',
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
  DNS_SERVERS: {
    schema: dnsServers,
    doc: 'Comma-separated name servers for domain proofs: ADDRESS or ADDRESS:PORT',
    fallback: "the system's resolvers",
  },
  GC_GRACE_SECONDS: {
    schema: z.coerce.number({ error: 'must be a number of seconds' }).int().min(1).max(31_536_000).default(3600),
    doc: 'How long unreferenced blobs are kept',
    fallback: '3600',
  },
  SPARSE_IMAGES: {
    schema: flag('0'),
    doc: 'Accept images with missing layers: 1 or 0',
    fallback: '0',
  },
  RESTORE_DAYS: {
    schema: z.coerce.number({ error: 'must be a number of days' }).int().min(0).max(3650).default(7),
    doc: 'Days during which deleted content can be restored (0: none)',
    fallback: '7',
  },
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
  DEMO: { schema: flag('1'), doc: 'Fill an empty embedded database with the demo gallery: 1 or 0', fallback: '1' },
  ROLE: {
    schema: z.enum(['all', 'web', 'worker'], { error: 'must be all, web or worker' }).default('all'),
    doc: 'What this process runs: all, web (no jobs) or worker (only jobs)',
    fallback: 'all',
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
  MEILI_URL: {
    schema: httpUrl.optional(),
    doc: 'Meilisearch server for search (tested with 1.50)',
    fallback: 'PostgreSQL search',
  },
  MEILI_KEY: {
    schema: z.string().optional(),
    doc: 'Meilisearch master key, or a key with all rights on the indexes vitrine_*',
    fallback: 'none',
    isSecret: true,
  },
  METRICS_TOKEN: {
    schema: z.string().min(16, 'must have at least 16 characters').optional(),
    doc: 'Bearer token for /metrics',
    fallback: 'loopback clients only',
    isSecret: true,
  },
  LOG_LEVEL: {
    schema: logLevel.default('info'),
    doc: 'Log level: trace, debug, info, warn, error or silent',
    fallback: 'info',
  },
} as const satisfies Record<string, VariableRow>;

/** Reserved for a later version. Startup warns when one is set. */
export const UNUSED_VARIABLES = [
  'S3_ENDPOINT',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
] as const;

export type Values = { [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]['schema']> };
