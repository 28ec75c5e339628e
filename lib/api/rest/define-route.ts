// A route of /api/v1 is data: its path, access, input and output. The handler, the checks at the boundary and the
// OpenAPI document are derived from it.
import type { ShownManifest } from '#lib/gallery/show-manifest.ts';
import type pg from 'pg';
import type { z } from 'zod';
import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { AttemptLog } from '#lib/events/attempt-log.ts';
import type { DomainProbe } from '#lib/publishers/verification/domain-probe.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { LayerReader } from '#lib/distribution/layers/layer-reader.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import type { IssuerKeys } from '#lib/identity/federation/issuer-keys.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import type { Caller, UserCaller } from '#lib/access/schema.ts';
import type { ListenerConfig } from '#lib/platform/config/listener-config.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import type { KeyedMutex } from '#lib/platform/concurrency/keyed-mutex.ts';
import type { RecentLinks } from '#lib/distribution/push/recent-links.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import type { RecentResults } from '#lib/platform/concurrency/recent-results.ts';
import type { Log } from '#lib/platform/log.ts';
import type { LRUCache } from 'lru-cache';
import type { ErrorCounts } from '#lib/platform/metrics/error-metrics.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import type { MeilisearchServer } from '#lib/search/meilisearch/meilisearch-server.ts';
import type { SiteSettingsCache } from '#lib/site/site-settings.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import type { AttachedReader } from '#lib/distribution/attached/attached-reader.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import type { PublicStatus } from '../read-public-status.ts';
import type { Reach } from './reach.ts';

/** The parts of App that routes use. */
export type RestApp = {
  db: Db;
  policies: PolicyCache;
  pool: pg.Pool;
  layers: LayerReader;
  blobs: BlobStore;
  intake: Intake;
  volume: Volume;
  recordMutex: KeyedMutex<bigint>;
  recentLinks: RecentLinks;
  counts: { errors: ErrorCounts; pushes: { manifests: number } };
  routeNames: LRUCache<string, string>;
  config: ServerConfig &
    ListenerConfig &
    PublisherConfig &
    RepositoryConfig &
    Pick<DistributionConfig, 'takesSparseImages' | 'takesUnsignedSchema1'>;
  log: Log;
  attemptLog: Pick<AttemptLog, 'note'>;
  search: SearchIndex;
  meilisearch: MeilisearchServer | null;
  domainProbe: DomainProbe;
  mailer: Mailer | null;
  authKeys: AuthKeys;
  secrets: StoredSecrets;
  masterKeys: MasterKeys;
  repositoryKeys: RepositoryKeys;
  issuerKeys: IssuerKeys;
  upstream: UpstreamRuntime;
  logoLimiter: FairLimiter;
  offload: Offload;
  pullCache: PullCache;
  attached: AttachedReader;
  largeManifests: RecentResults<ShownManifest>;
  apiDocuments: RecentResults<Record<string, unknown>>;
  siteSettings: SiteSettingsCache;
  publicStatus: RecentResults<PublicStatus>;
};

/**
 * `anyone`: a credential is optional, but if sent it must be valid, and shows what its user may see.
 * `user`: any access token with `api:read` for GET or `api:write` for other methods. Use cases authorize the user.
 */
export type RestAccess = 'anyone' | 'token' | 'user' | 'reviewer' | 'admin';

type Schema = z.ZodType;
type CallerOf<Access extends RestAccess> = Access extends 'anyone' ? Caller : UserCaller;

export type RouteDefinition<
  Access extends RestAccess,
  Params extends Schema,
  Query extends Schema,
  Body extends Schema,
  Output extends Schema,
> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1. A `{name}` parameter matches one segment. */
  path: string;
  summary: string;
  tag: string;
  access: Access;
  /**
   * Scopes that a token needs besides `api:read` or `api:write`. With access `anyone`, a token without them counts as
   * anonymous.
   */
  reach: Reach;
  params?: Params;
  query?: Query;
  body?: Body;
  /** Replaces `body`: raw bytes of any declared type, which the use case checks. */
  rawBody?: { maxBytes: number; mediaTypes: readonly string[] };
  /**
   * The response schema, which also strips undeclared fields. Without one, the response is a 204 or the handler's own
   * Response.
   */
  output?: Output;
  status?: 200 | 201 | 202;
  /**
   * For public GETs: caches may keep the response briefly and revalidate it by ETag, and CORS allows other sites to
   * read it.
   */
  isCacheable?: boolean;
  /** For writes that must work while the site is read-only. */
  isOpenInMaintenance?: true;
  handle: (
    app: RestApp,
    input: {
      caller: CallerOf<Access>;
      address: string | null;
      params: z.output<Params>;
      query: z.output<Query>;
      body: z.output<Body>;
      /** Empty without `rawBody`. */
      bytes: Buffer;
    },
  ) => Promise<z.input<Output> | Response | void>;
};

/** A definition with its type parameters erased. */
export type RestRoute = Omit<RouteDefinition<RestAccess, Schema, Schema, Schema, Schema>, 'handle'> & {
  handle: (
    app: RestApp,
    input: {
      caller: Caller;
      address: string | null;
      params: unknown;
      query: unknown;
      body: unknown;
      bytes: Buffer;
    },
  ) => Promise<unknown>;
};

export function defineRoute<
  Access extends RestAccess,
  Params extends Schema,
  Query extends Schema,
  Body extends Schema,
  Output extends Schema,
>(definition: RouteDefinition<Access, Params, Query, Body, Output>): RestRoute {
  // The only erasure of types. It is safe because handleRestRequest parses with the schemas that the types come from.
  return definition as unknown as RestRoute;
}
