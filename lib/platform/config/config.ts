// The only reader of process.env. config-variables.ts lists the settings.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UNUSED_VARIABLES, VARIABLES, type Values, type VariableRow } from './config-variables.ts';
import { AppError } from '#lib/platform/errors.ts';

type Environment = Record<string, string | undefined>;

export type OidcConfig = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  name: string;
  scopes: string;
  rolesClaim: string;
  adminValues: string[];
  reviewerValues: string[];
  isSignUpOpen: boolean;
};

export type MirrorConfig = {
  /** Private networks that upstreams may be in. */
  allowedNetworks: string[];
  connectionsPerHost: number;
  requestsPerSecond: number;
  /** Bytes of cached content. */
  cacheMaxBytes: number;
  /** Host name of this site → host of the registry that it stands for. */
  hosts: Map<string, string>;
};

export type DatabaseConfig = {
  /** Bypasses the pooler. Undefined: use `databaseUrl`. */
  directUrl: string | undefined;
  poolSize: number;
  waitSeconds: number;
  preparedStatements: 'auto' | '0' | '1';
  isMigrating: boolean;
};

export type SmtpConfig = { url: string; from: string };

export type Config = {
  port: number;
  host: string;
  publicUrl: string;
  /** `region` is part of ARNs. `isSecure`: clients connect over TLS. */
  site: { region: string; isSecure: boolean };
  /** Host of `publicUrl`, with the port if it isn't the default: the prefix of image references. */
  publicHost: string;
  /** False: trust the Host header of requests instead of `publicUrl`. */
  isPublicUrlSet: boolean;
  /** Trusted proxies that append to X-Forwarded-For. */
  proxyCount: number;
  /** Anonymous, per client; 0: unlimited. */
  pullsPerHour: number;
  /** Without valid credentials, per client; 0: unlimited. */
  tokensPerMinute: number;
  /** Networks exempt from both limits. */
  unlimitedNetworks: string[];
  /** Open uploads; 0: unlimited. */
  uploadsPerUser: number;
  uploadsPerRepository: number;
  maxBlobBytes: number;
  /** Default quota of a registry; null: unlimited. */
  registryQuotaBytes: number | null;
  /** Free space that blobs may not use; null: derived from the disk's size. */
  diskReserveBytes: number | null;
  dataDir: string;
  databaseUrl: string | undefined;
  database: DatabaseConfig;
  authSecret: string | undefined;
  adminEmail: string | undefined;
  adminPassword: string | undefined;
  isSignUpOpen: boolean;
  /** Per client address; 0: unlimited. */
  signUpsPerHour: number;
  /** Whose display names and logos the gallery shows (publishers/branding.ts). */
  publisherBranding: 'verified' | 'everyone';
  /** Null: password sign-in only. */
  oidc: OidcConfig | null;
  /** Null: email is off. */
  smtp: SmtpConfig | null;
  mirrors: MirrorConfig;
  /** Minimum age of garbage before it is removed. */
  gcGraceSeconds: number;
  /** Accept image manifests whose layers are missing. An index may always list missing manifests. */
  takesSparseImages: boolean;
  /** How long deleted content can be restored. */
  restoreDays: number;
  /** Retention of pulls in the audit log; 0: not recorded. */
  auditPullsDays: number;
  /** Retention of all other audit events; null: forever. */
  auditDays: number | null;
  /** Resolvers for domain proofs; empty: the system's. */
  dnsServers: string[];
  isDemoWanted: boolean;
  role: 'all' | 'web' | 'worker';
  /** After SIGTERM: how long new requests are answered, then how long requests in progress may take. */
  drain: { delaySeconds: number; maxSeconds: number };
  /** Null: PostgreSQL search. */
  meilisearch: { url: string; key: string | undefined } | null;
  /** Undefined: only loopback clients may read /metrics. */
  metricsToken: string | undefined;
  logLevel: string;
  /** Compile pages on request (`npm run dev`). */
  isDevelopment: boolean;
  /** Variables that are set but have no effect in this version. */
  ignoredVariables: string[];
};

/**
 * Reads and checks the configuration.
 * @throws AppError `invalid_input`, naming the variable
 */
export function readConfig(env: Environment = process.env): Config {
  const values = Object.fromEntries(
    Object.entries<VariableRow>(VARIABLES).map(([name, row]) => [name, readVariable(name, row, env)]),
  ) as Values;
  if ((values.ADMIN_EMAIL === undefined) !== (values.ADMIN_PASSWORD === undefined)) {
    throw new AppError('invalid_input', 'ADMIN_EMAIL and ADMIN_PASSWORD must be set together.');
  }
  if (values.DATABASE_DIRECT_URL !== undefined && values.DATABASE_URL === undefined) {
    throw new AppError('invalid_input', 'DATABASE_DIRECT_URL needs DATABASE_URL. Set both or neither.');
  }
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`;
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl,
    publicHost: new URL(publicUrl).host,
    isPublicUrlSet: values.PUBLIC_URL !== undefined,
    site: { region: values.REGION, isSecure: publicUrl.startsWith('https:') },
    proxyCount: values.PROXIES,
    pullsPerHour: values.PULLS_PER_HOUR,
    tokensPerMinute: values.TOKENS_PER_MINUTE,
    unlimitedNetworks: values.UNLIMITED_NETWORKS,
    uploadsPerUser: values.UPLOADS_PER_USER,
    uploadsPerRepository: values.UPLOADS_PER_REPOSITORY,
    maxBlobBytes: values.MAX_BLOB_SIZE,
    registryQuotaBytes: values.REGISTRY_QUOTA,
    diskReserveBytes: values.DISK_RESERVE ?? null,
    dataDir: resolve(values.DATA_DIR),
    databaseUrl: values.DATABASE_URL,
    database: {
      directUrl: values.DATABASE_DIRECT_URL,
      poolSize: values.DATABASE_POOL_SIZE,
      waitSeconds: values.DATABASE_WAIT_SECONDS,
      preparedStatements: values.PREPARED_STATEMENTS,
      isMigrating: values.MIGRATE,
    },
    authSecret: values.AUTH_SECRET,
    adminEmail: values.ADMIN_EMAIL?.toLowerCase(),
    adminPassword: values.ADMIN_PASSWORD,
    isSignUpOpen: values.SIGN_UP,
    signUpsPerHour: values.SIGN_UPS_PER_HOUR,
    publisherBranding: values.PUBLISHER_BRANDING,
    oidc: readOidc(values),
    smtp: readSmtp(values),
    mirrors: {
      allowedNetworks: values.UPSTREAM_NETWORKS,
      connectionsPerHost: values.UPSTREAM_CONNECTIONS,
      requestsPerSecond: values.UPSTREAM_REQUESTS_PER_SECOND,
      cacheMaxBytes: values.CACHE_SIZE,
      hosts: values.MIRROR_HOSTS,
    },
    gcGraceSeconds: values.GC_GRACE_SECONDS,
    takesSparseImages: values.SPARSE_IMAGES,
    restoreDays: values.RESTORE_DAYS,
    auditPullsDays: values.AUDIT_PULLS_DAYS,
    auditDays: values.AUDIT_DAYS ?? null,
    dnsServers: values.DNS_SERVERS,
    isDemoWanted: values.DEMO,
    role: values.ROLE,
    drain: { delaySeconds: values.DRAIN_DELAY_SECONDS, maxSeconds: values.DRAIN_SECONDS },
    meilisearch: values.MEILI_URL === undefined ? null : { url: values.MEILI_URL, key: values.MEILI_KEY },
    metricsToken: values.METRICS_TOKEN,
    logLevel: values.LOG_LEVEL,
    isDevelopment: env.NODE_ENV === 'development',
    ignoredVariables: UNUSED_VARIABLES.filter((name) => env[name]),
  };
}

function readOidc(values: Values): OidcConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (!issuer && !clientId && !clientSecret) return null;
  if (!issuer || !clientId || !clientSecret) {
    const names = 'OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET';
    throw new AppError('invalid_input', `${names} must be set together.`);
  }
  return {
    issuer,
    clientId,
    clientSecret,
    name: values.OIDC_NAME,
    scopes: values.OIDC_SCOPES,
    rolesClaim: values.OIDC_ROLES_CLAIM,
    adminValues: values.OIDC_ADMIN_VALUES,
    reviewerValues: values.OIDC_REVIEWER_VALUES,
    isSignUpOpen: values.OIDC_SIGN_UP,
  };
}

function readSmtp({ SMTP_URL: url, SMTP_FROM: from }: Values): SmtpConfig | null {
  if (!url && !from) return null;
  if (url && from) return { url, from };
  throw new AppError('invalid_input', 'SMTP_URL and SMTP_FROM must be set together.');
}

function readVariable(name: string, row: VariableRow, env: Environment): unknown {
  const result = row.schema.safeParse(rawValue(name, row, env));
  if (result.success) return result.data;
  throw new AppError('invalid_input', `${name} ${result.error.issues[0]?.message ?? 'is not valid'}.`);
}

/** Treats an empty variable as unset, because compose files pass those. */
function rawValue(name: string, row: VariableRow, env: Environment): string | undefined {
  const file = row.isSecret && env[`${name}_FILE`];
  if (!file) return env[name] || undefined;
  if (env[name]) throw new AppError('invalid_input', `${name} and ${name}_FILE are both set. Remove one.`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new AppError('invalid_input', `${name}_FILE names ${file}, which can't be read.`, { cause });
  }
}

/** Passes settings to next-auth, which reads them from the environment. Without a PUBLIC_URL it trusts the Host header. */
export function shareWithNextAuth(config: Config): void {
  process.env.NEXTAUTH_URL = config.publicUrl;
  if (!config.isPublicUrlSet) process.env.AUTH_TRUST_HOST = '1';
  process.env.NEXT_TELEMETRY_DISABLED = '1';
}
