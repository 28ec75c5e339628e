// The only reader of process.env. The variables themselves are rows of config-variables.ts.
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
  /** Networks, beside the public internet, that upstreams may be in. */
  allowedNetworks: string[];
  connectionsPerHost: number;
  requestsPerSecond: number;
  /** Bytes of cached content. */
  cacheMaxBytes: number;
  /** Host name of this site → host of the registry that it stands for. */
  hosts: Map<string, string>;
};

export type DatabaseConfig = {
  /** Past a pooler; undefined: as `databaseUrl`. */
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
  /** `region`: in the names of resources. `isSecure`: clients come by TLS. */
  site: { region: string; isSecure: boolean };
  /** Its host, and port if that is not the usual one: what stands before an image's name. */
  publicHost: string;
  /** False: the name in a request's Host header is as good as `publicUrl`. */
  isPublicUrlSet: boolean;
  /** Proxies in front that append to X-Forwarded-For. */
  proxyCount: number;
  /** Without an account, from one client; 0: no limit. */
  pullsPerHour: number;
  /** Without valid credentials, from one client; 0: no limit. */
  tokensPerMinute: number;
  /** Networks that neither of the two limits holds for. */
  unlimitedNetworks: string[];
  /** Open at a time; 0: no limit. */
  uploadsPerUser: number;
  uploadsPerRepository: number;
  maxBlobBytes: number;
  /** Of a registry that no admin has given another quota; null: no limit. */
  registryQuotaBytes: number | null;
  /** What blobs leave free of their file system; null: by its size (blobs/disk-space.ts). */
  diskReserveBytes: number | null;
  dataDir: string;
  databaseUrl: string | undefined;
  database: DatabaseConfig;
  authSecret: string | undefined;
  adminEmail: string | undefined;
  adminPassword: string | undefined;
  isSignUpOpen: boolean;
  /** From one address; 0: no limit. */
  signUpsPerHour: number;
  /** Whose display name and logos the gallery shows (publishers/branding.ts). */
  publisherBranding: 'verified' | 'everyone';
  /** Null: people sign in by password only. */
  oidc: OidcConfig | null;
  /** Null: no e-mail is sent. */
  smtp: SmtpConfig | null;
  mirrors: MirrorConfig;
  /** From when on garbage is removed (distribution/garbage). */
  gcGraceSeconds: number;
  /** Images may lack layers that they name. Indexes always may lack what they list. */
  takesSparseImages: boolean;
  /** What was deleted can be restored for so long. */
  restoreDays: number;
  /** Who pulled what is kept for so long; 0: pulls are not recorded. */
  auditPullsDays: number;
  /** The rest of the audit; null: for ever. */
  auditDays: number | null;
  /** Asked for domain proofs; empty: the machine's own. */
  dnsServers: string[];
  isDemoWanted: boolean;
  role: 'all' | 'web' | 'worker';
  /** After SIGTERM: how long new requests are answered, and how long requests under way may go on after that. */
  drain: { delaySeconds: number; maxSeconds: number };
  /** Undefined: /metrics is for programs on this machine. */
  /** Null: the database answers searches. */
  meilisearch: { url: string; key: string | undefined } | null;
  metricsToken: string | undefined;
  logLevel: string;
  /** Pages are compiled as they are asked for (`npm run dev`). */
  isDevelopment: boolean;
  /** Variables that are set but have no effect. */
  ignoredVariables: string[];
};

/**
 * Reads and checks the configuration.
 * @throws AppError `invalid_input` with one sentence that names the variable.
 */
export function readConfig(env: Environment = process.env): Config {
  const values = Object.fromEntries(
    Object.entries<VariableRow>(VARIABLES).map(([name, row]) => [name, readVariable(name, row, env)]),
  ) as Values;
  if ((values.ADMIN_EMAIL === undefined) !== (values.ADMIN_PASSWORD === undefined)) {
    throw new AppError('invalid_input', 'ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or neither.');
  }
  if (values.DATABASE_DIRECT_URL !== undefined && values.DATABASE_URL === undefined) {
    throw new AppError('invalid_input', 'DATABASE_DIRECT_URL is set without DATABASE_URL: set both or neither.');
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
    throw new AppError('invalid_input', `${names} belong together: set all or none.`);
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
  throw new AppError('invalid_input', 'SMTP_URL and SMTP_FROM belong together: set both or neither.');
}

function readVariable(name: string, row: VariableRow, env: Environment): unknown {
  const result = row.schema.safeParse(rawValue(name, row, env));
  if (result.success) return result.data;
  throw new AppError('invalid_input', `${name} ${result.error.issues[0]?.message ?? 'is not valid'}.`);
}

/** An empty variable counts as not set, as compose files write it. */
function rawValue(name: string, row: VariableRow, env: Environment): string | undefined {
  const file = row.isSecret && env[`${name}_FILE`];
  if (!file) return env[name] || undefined;
  if (env[name]) throw new AppError('invalid_input', `${name} and ${name}_FILE are both set: keep one.`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new AppError('invalid_input', `${name}_FILE names ${file}, which can't be read.`, { cause });
  }
}

/** next-auth reads its address from the environment. Without a PUBLIC_URL it goes by the name in each request. */
export function shareWithNextAuth(config: Config): void {
  process.env.NEXTAUTH_URL = config.publicUrl;
  if (!config.isPublicUrlSet) process.env.AUTH_TRUST_HOST = '1';
  process.env.NEXT_TELEMETRY_DISABLED = '1';
}
