// Every setting: its name, how it is read, and what the docs say of it. README.md's table is checked against these rows.
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

/** Name → how it is read, and what the docs say of it. `isSecret` variables also have a `_FILE` twin. */
export const VARIABLES = {
  PORT: {
    schema: z.coerce.number({ error: 'must be a port number' }).int().min(1).max(65_535).default(3000),
    doc: 'Port to listen on',
    fallback: '3000',
  },
  HOST: { schema: z.string().min(1).default('127.0.0.1'), doc: 'Address to listen on', fallback: '127.0.0.1' },
  PUBLIC_URL: {
    schema: httpUrl.optional(),
    doc: 'The address people and clients use, without a path',
    fallback: 'http://localhost:PORT',
  },
  PROXIES: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(0).max(10).default(0),
    doc: "How many proxies of yours requests come through: so many entries from the end of X-Forwarded-For is the client's address",
    fallback: '0',
  },
  PULLS_PER_HOUR: {
    schema: count(0),
    doc: 'How many pulls an hour a client (an IPv4 address or IPv6 /64) may do without an account, on each replica; set PROXIES too. 0: no limit',
    fallback: '0',
  },
  TOKENS_PER_MINUTE: {
    schema: count(600),
    doc: 'How many tokens a minute a client may ask for without valid credentials, on each replica. 0: no limit',
    fallback: '600',
  },
  UNLIMITED_NETWORKS: {
    schema: networks('127.0.0.0/8,::1'),
    doc: 'Networks, with commas between, that these two limits do not hold for, such as 127.0.0.0/8,::1,10.0.0.0/8',
    fallback: '127.0.0.0/8,::1',
  },
  UPLOADS_PER_USER: {
    schema: count(5000),
    doc: 'How many blob uploads a user may have open at a time; one that nobody goes on with ends after a day. 0: no limit',
    fallback: '5000',
  },
  UPLOADS_PER_REPOSITORY: {
    schema: count(5000),
    doc: 'How many blob uploads to one repository may be open at a time. 0: no limit',
    fallback: '5000',
  },
  MAX_BLOB_SIZE: {
    schema: byteSize.refine((bytes) => bytes > 0, 'must be more than nothing').default(100 * 1024 ** 3),
    doc: 'How large a blob may be that somebody pushes, such as 10GB',
    fallback: '100GB',
  },
  REGION: {
    schema: regionName.default('us-east-1'),
    doc: 'Name of this site where resources have names (ARNs), such as eu-central-1',
    fallback: 'us-east-1',
  },
  REGISTRY_QUOTA: {
    schema: quota,
    doc: 'How many bytes of blobs a registry may have, such as 50GB, unless an admin sets another quota for it; what mirrors cache does not count',
    fallback: 'unlimited',
  },
  DISK_RESERVE: {
    schema: byteSize.optional(),
    doc: 'Free space of the disk that blobs leave to the database, such as 5GB; pushes are refused below it, pulls go on. 0: none',
    fallback: '2GB, or 5 % of a disk below 40 GB',
  },
  DATA_DIR: {
    schema: z.string().min(1).default('.data'),
    doc: 'Folder of all local state: database, blobs, uploads, generated secrets',
    fallback: '.data',
  },
  DATABASE_URL: {
    schema: postgresUrl.optional(),
    doc: 'PostgreSQL to use in place of the embedded one',
    fallback: 'embedded PostgreSQL',
    isSecret: true,
  },
  DATABASE_DIRECT_URL: {
    schema: postgresUrl.optional(),
    doc: 'The same database past the pooler (PgBouncer) that DATABASE_URL leads through: for migrations, notifications, locks and jobs',
    fallback: 'DATABASE_URL',
    isSecret: true,
  },
  DATABASE_POOL_SIZE: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(4, 'must be at least 4').max(1_000).default(12),
    doc: 'Database connections that each process opens at most, beside two of its own and with DATABASE_DIRECT_URL five',
    fallback: '12',
  },
  DATABASE_WAIT_SECONDS: {
    schema: seconds(60),
    doc: 'How long a start waits for a database that is away',
    fallback: '60',
  },
  PREPARED_STATEMENTS: {
    schema: z.enum(['auto', '0', '1'], { error: 'must be auto, 0 or 1' }).default('auto'),
    doc: 'Use named prepared statements? auto: unless DATABASE_URL leads through a pooler; 1 needs one that tracks them, such as PgBouncer 1.21',
    fallback: 'auto',
  },
  MIGRATE: {
    schema: flag('1'),
    doc: 'Migrate the database at start? 1 or 0. With 0, run the command migrate before you start a new version',
    fallback: '1',
  },
  AUTH_SECRET: {
    schema: z.string().min(32, 'must have at least 32 characters').optional(),
    doc: 'Key that signs sessions and registry tokens; the same on every replica',
    fallback: 'generated, kept in DATA_DIR',
    isSecret: true,
  },
  ADMIN_EMAIL: {
    schema: z.email('must be an e-mail address').optional(),
    doc: 'E-mail address of the first admin, made at start when there is none',
    fallback: 'a one-time link is printed',
  },
  ADMIN_PASSWORD: {
    schema: z.string().min(10, 'must have at least 10 characters').optional(),
    doc: 'Password of the first admin',
    fallback: 'a one-time link is printed',
    isSecret: true,
  },
  SIGN_UP: { schema: flag('1'), doc: 'May visitors make an account? 1 or 0', fallback: '1' },
  SIGN_UPS_PER_HOUR: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(0).max(100_000).default(10),
    doc: 'Accounts that visitors may make in an hour from one address; the whole site makes at most 30 times as many. 0: no limit',
    fallback: '10',
  },
  PUBLISHER_BRANDING: {
    schema: z.enum(['verified', 'everyone'], { error: 'must be verified or everyone' }).default('verified'),
    doc: "Whose display name and logos the gallery shows: of verified publishers only, so that nobody passes for somebody else, or everyone's. The alias is always shown",
    fallback: 'verified',
  },
  OIDC_ISSUER: {
    schema: z.url({ protocol: /^https?$/, error: 'must be the address of an OpenID Connect issuer' }).optional(),
    doc: 'OpenID Connect issuer that people can sign in by; its redirect address here is PUBLIC_URL/api/auth/callback/oidc',
    fallback: 'passwords only',
  },
  OIDC_CLIENT_ID: { schema: z.string().optional(), doc: 'What this site is called at the issuer', fallback: 'none' },
  OIDC_CLIENT_SECRET: {
    schema: z.string().optional(),
    doc: "This site's secret at the issuer",
    fallback: 'none',
    isSecret: true,
  },
  OIDC_NAME: {
    schema: z.string().max(60, 'has at most 60 characters').default('single sign-on'),
    doc: 'What the sign-in page calls the issuer',
    fallback: 'single sign-on',
  },
  OIDC_SCOPES: {
    schema: z.string().default('openid email profile'),
    doc: 'What the issuer is asked for',
    fallback: 'openid email profile',
  },
  OIDC_ROLES_CLAIM: {
    schema: z.string().default('groups'),
    doc: 'Claim that holds roles or groups; dots lead into it, as in realm_access.roles',
    fallback: 'groups',
  },
  OIDC_ADMIN_VALUES: {
    schema: list,
    doc: "Values of that claim, with commas between, that make an admin. With this or the next one set, the issuer decides its people's roles at each sign-in",
    fallback: 'roles are given here',
  },
  OIDC_REVIEWER_VALUES: {
    schema: list,
    doc: 'Values of that claim that make a reviewer',
    fallback: 'roles are given here',
  },
  OIDC_SIGN_UP: { schema: flag('1'), doc: 'Does a first sign-in by the issuer make an account? 1 or 0', fallback: '1' },
  SMTP_URL: {
    schema: z.url({ protocol: /^smtps?$/, error: 'must look like smtp://USER:PASSWORD@HOST:587' }).optional(),
    doc: 'Mail server for notifications and invitations, and to confirm the addresses that people sign up with',
    fallback: 'no e-mail is sent',
    isSecret: true,
  },
  SMTP_FROM: {
    schema: z
      .string()
      .regex(/^[^\r\n]*\S+@\S+[^\r\n]*$/, 'must hold an e-mail address')
      .optional(),
    doc: 'Sender of e-mail, such as Vitrine <gallery@example.org>',
    fallback: 'none',
  },
  UPSTREAM_NETWORKS: {
    schema: networks(''),
    doc: 'Networks, with commas between, that registries to mirror may be in beside the public internet, such as 10.0.0.0/8; in them plain http is allowed',
    fallback: 'public addresses only',
  },
  UPSTREAM_CONNECTIONS: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(1).max(1000).default(16),
    doc: 'How many connections at once a mirrored registry gets for downloads, and as many for questions',
    fallback: '16',
  },
  UPSTREAM_REQUESTS_PER_SECOND: {
    schema: z.coerce.number({ error: 'must be a number' }).positive().max(10_000).default(50),
    doc: 'How often a mirrored registry is asked at most',
    fallback: '50',
  },
  CACHE_SIZE: {
    schema: byteSize.default(50 * 1024 ** 3),
    doc: 'How much mirrored content is kept, such as 500GB or 2TB; what was used least recently goes first',
    fallback: '50GB',
  },
  MIRROR_HOSTS: {
    schema: mirrorHosts,
    doc: 'Host names of this site that stand for another registry to container runtimes, such as hub.example.org=docker.io, with commas between',
    fallback: 'none',
  },
  DNS_SERVERS: {
    schema: dnsServers,
    doc: 'Name servers that are asked for domain proofs, as ADDRESS or ADDRESS:PORT with commas between',
    fallback: "the machine's own",
  },
  GC_GRACE_SECONDS: {
    schema: z.coerce.number({ error: 'must be a number of seconds' }).int().min(1).max(31_536_000).default(3600),
    doc: 'How long blobs that nothing needs are kept, and how long a client that was told of a blob may rely on it, in seconds',
    fallback: '3600',
  },
  SPARSE_IMAGES: {
    schema: flag('0'),
    doc: 'Take images whose layers are not all here? 1 or 0. With 1, a push that lost a layer on its way is not noticed',
    fallback: '0',
  },
  RESTORE_DAYS: {
    schema: z.coerce.number({ error: 'must be a number of days' }).int().min(0).max(3650).default(7),
    doc: 'For how many days deleted tags, manifests and repositories can be restored; 0: not at all',
    fallback: '7',
  },
  AUDIT_PULLS_DAYS: {
    schema: z.coerce.number({ error: 'must be a number of days' }).int().min(0).max(36_500).default(90),
    doc: 'For how many days the audit keeps who pulled what; 0: pulls are not recorded',
    fallback: '90',
  },
  AUDIT_DAYS: {
    schema: z.coerce.number({ error: 'must be a number of days' }).int().min(1).max(36_500).optional(),
    doc: 'For how many days the audit keeps everything else',
    fallback: 'for ever',
  },
  DEMO: { schema: flag('1'), doc: 'Fill an empty embedded database with the demo gallery? 1 or 0', fallback: '1' },
  ROLE: {
    schema: z.enum(['all', 'web', 'worker'], { error: 'must be all, web or worker' }).default('all'),
    doc: 'What this process does: serve and work, serve only, or work only',
    fallback: 'all',
  },
  DRAIN_DELAY_SECONDS: {
    schema: seconds(5),
    doc: 'How long after SIGTERM new requests are still answered, while /readyz tells the load balancer to send no more',
    fallback: '5',
  },
  DRAIN_SECONDS: {
    schema: seconds(300),
    doc: 'How long requests under way, such as large pushes and pulls, may take to finish after that',
    fallback: '300',
  },
  MEILI_URL: {
    schema: httpUrl.optional(),
    doc: 'Address of a Meilisearch server (tested with 1.50), which then answers searches; the database does while it is away',
    fallback: 'the database answers',
  },
  MEILI_KEY: {
    schema: z.string().optional(),
    doc: 'Its master key, or a key that may do everything with the indexes vitrine_*',
    fallback: 'none',
    isSecret: true,
  },
  METRICS_TOKEN: {
    schema: z.string().min(16, 'must have at least 16 characters').optional(),
    doc: 'Secret that whoever reads /metrics sends as a bearer token',
    fallback: 'programs on this machine read it',
    isSecret: true,
  },
  LOG_LEVEL: {
    schema: logLevel.default('info'),
    doc: 'How much is logged',
    fallback: 'info',
  },
} as const satisfies Record<string, VariableRow>;

/** Named by the deployment contract, not used by this version: set, they are warned about at start. */
export const UNUSED_VARIABLES = [
  'S3_ENDPOINT',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
] as const;

export type Values = { [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]['schema']> };
