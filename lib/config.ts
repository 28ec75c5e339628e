// Puts the configuration together from each domain's part. The only reader of process.env.
import { SERVER_VARIABLES, readServerConfig, type ServerConfig } from './platform/config/server-config.ts';
import { LISTENER_VARIABLES, readListenerConfig, type ListenerConfig } from './platform/config/listener-config.ts';
import { readTracingConfig, TRACING_VARIABLES, type TracingConfig } from './platform/tracing/tracing-config.ts';
import { DATABASE_VARIABLES, readDatabaseConfig, type DatabaseConfig } from './platform/pg/database-config.ts';
import { MAIL_VARIABLES, readMailConfig, type MailConfig } from './platform/net/mail-config.ts';
import { BLOB_VARIABLES, readBlobConfig, type BlobConfig } from './blobs/blob-config.ts';
import { SEARCH_VARIABLES, readSearchConfig, type SearchConfig } from './search/search-config.ts';
import { KEYS_VARIABLES, readKeysConfig, type KeysConfig } from './keys/keys-config.ts';
import { EVENT_VARIABLES, readEventConfig, type EventConfig } from './events/event-config.ts';
import { IDENTITY_VARIABLES, readIdentityConfig, type IdentityConfig } from './identity/identity-config.ts';
import { PUBLISHER_VARIABLES, readPublisherConfig, type PublisherConfig } from './publishers/publisher-config.ts';
import { REPOSITORY_VARIABLES, readRepositoryConfig, type RepositoryConfig } from './repositories/repository-config.ts';
import { UPSTREAM_VARIABLES, readUpstreamConfig, type UpstreamConfig } from './upstream/upstream-config.ts';
import {
  DISTRIBUTION_VARIABLES,
  readDistributionConfig,
  type DistributionConfig,
} from './distribution/distribution-config.ts';
import { readVariables, type Environment } from './platform/config/variables.ts';

/** Every setting, by name. */
export const VARIABLES = {
  ...SERVER_VARIABLES,
  ...LISTENER_VARIABLES,
  ...DATABASE_VARIABLES,
  ...TRACING_VARIABLES,
  ...MAIL_VARIABLES,
  ...BLOB_VARIABLES,
  ...KEYS_VARIABLES,
  ...SEARCH_VARIABLES,
  ...EVENT_VARIABLES,
  ...IDENTITY_VARIABLES,
  ...PUBLISHER_VARIABLES,
  ...REPOSITORY_VARIABLES,
  ...UPSTREAM_VARIABLES,
  ...DISTRIBUTION_VARIABLES,
};

export type Config = ServerConfig &
  ListenerConfig &
  DatabaseConfig &
  TracingConfig &
  MailConfig &
  BlobConfig &
  KeysConfig &
  SearchConfig &
  EventConfig &
  IdentityConfig &
  PublisherConfig &
  RepositoryConfig &
  UpstreamConfig &
  DistributionConfig & {
    /** Compile pages on request (`npm run dev`). */
    isDevelopment: boolean;
  };

export function readEnvironment(): Environment {
  return process.env;
}

/**
 * Reads and checks the configuration.
 * @throws AppError `invalid_input`, naming the variable
 */
export function readConfig(env: Environment = readEnvironment()): Config {
  const values = readVariables(VARIABLES, env);
  const server = readServerConfig(values);
  return {
    ...server,
    ...readListenerConfig(values, server),
    ...readDatabaseConfig(values),
    ...readTracingConfig(values),
    ...readMailConfig(values),
    ...readBlobConfig(values),
    ...readKeysConfig(values),
    ...readSearchConfig(values),
    ...readEventConfig(values),
    ...readIdentityConfig(values),
    ...readPublisherConfig(values),
    ...readRepositoryConfig(values),
    ...readUpstreamConfig(values),
    ...readDistributionConfig(values),
    isDevelopment: env.NODE_ENV === 'development',
  };
}

/** Passes settings to Next and next-auth, which read them from the environment. Without a PUBLIC_URL, next-auth trusts the Host header. */
export function shareWithNext(config: Config): void {
  process.env.NEXTAUTH_URL = config.publicUrl;
  if (!config.isPublicUrlSet) process.env.AUTH_TRUST_HOST = '1';
  process.env.NEXT_TELEMETRY_DISABLED = '1';
  // As `next start --experimental-next-config-strip-types` sets it. Otherwise Next loads its compiler for next.config.ts.
  process.env.__NEXT_NODE_NATIVE_TS_LOADER_ENABLED = 'true';
}
