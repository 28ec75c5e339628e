// A route of /api/v1 is data: how it is addressed, who may use it, what goes in and out. The handler, the checks at the
// boundary and the OpenAPI document all follow from it.
import type pg from 'pg';
import type { z } from 'zod';
import type { AttemptLog } from '#lib/events/attempt-log.ts';
import type { DomainProbe } from '#lib/publishers/verification/domain-probe.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import type { Caller, UserCaller } from '#lib/access/schema.ts';
import type { Config } from '#lib/platform/config/config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FairTurns } from '#lib/platform/concurrency/fair-turns.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import type { RecentResults } from '#lib/platform/concurrency/recent-results.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import type { MeilisearchServer } from '#lib/search/meilisearch/meilisearch-server.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import type { Reach } from './reach.ts';

/** What routes need of the App. */
export type RestApp = {
  db: Db;
  pool: pg.Pool;
  blobs: BlobStore;
  config: Config;
  log: Log;
  attemptLog: Pick<AttemptLog, 'note'>;
  search: SearchIndex;
  meilisearch: MeilisearchServer | null;
  domainProbe: DomainProbe;
  mailer: Mailer | null;
  authKeys: AuthKeys;
  upstream: UpstreamRuntime;
  logoTurns: FairTurns;
  offload: Offload;
  apiDocuments: RecentResults<Record<string, unknown>>;
};

/**
 * `anyone`: also without a credential; one that is sent must be good, and shows its user's own beside what is public.
 * `user`: any access token with `api:read`, or `api:write` for all but GET. What the user may do to what, the use case
 * decides.
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
  /** Below /api/v1, with `{name}` for parameters; one segment each. */
  path: string;
  summary: string;
  tag: string;
  access: Access;
  /** Which scopes a token needs beside `api:read` or `api:write`. Whoever lacks them where `anyone` may ask is one of these. */
  reach: Reach;
  params?: Params;
  query?: Query;
  body?: Body;
  /** In place of `body`: bytes as they are, of whatever type the client says; the use case looks for itself. */
  rawBody?: { maxBytes: number; mediaTypes: readonly string[] };
  /** What is answered; also keeps everything else from leaking out. Missing: 204, or a Response of the handler's own. */
  output?: Output;
  status?: 200 | 201 | 202;
  /** Of a GET by anyone: caches may keep the answer for a short while, and ask again by its ETag; pages of other sites may read it. */
  isCacheable?: boolean;
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

/** A definition whose types have been checked and may be forgotten. */
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
  // The one place where types are let go: handleRestRequest parses with the very schemas that the types came from.
  return definition as unknown as RestRoute;
}
