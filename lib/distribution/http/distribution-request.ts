// Requests as the handlers of /v2 receive them: parsed, authenticated and authorized.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';
import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { AttemptLog } from '#lib/events/attempt-log.ts';
import type { PullLog } from '#lib/events/pull-log.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import type { IssuerKeys } from '#lib/identity/federation/issuer-keys.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { TrafficMeter } from '#lib/repositories/usage/traffic-meter.ts';
import type { PullCounter } from '#lib/repositories/pull-counter.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import type { RequestContext, UserCaller } from '#lib/access/schema.ts';
import { siteSeenFrom } from '#lib/platform/http/listeners.ts';
import { readClientAddress, readRequestId } from '#lib/platform/http/requests.ts';
import type { ListenerConfig } from '#lib/platform/config/listener-config.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { UpstreamConfig } from '#lib/upstream/upstream-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import type { ErrorCounts } from '#lib/platform/metrics/error-metrics.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import type { KeyedMutex } from '#lib/platform/concurrency/keyed-mutex.ts';
import type { RecentLinks } from '#lib/distribution/push/recent-links.ts';
import type { UploadIds } from '#lib/distribution/push/ids/upload-ids.ts';
import type { UploadSlots } from '#lib/distribution/push/ids/upload-slots.ts';
import type { SiteSettingsCache } from '#lib/site/site-settings.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import type { Credentials } from '#lib/distribution/authorization/credentials.ts';
import type { Formats } from '#lib/distribution/translate/formats.ts';
import type { Params } from './parse-params.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import type { PullRights } from '#lib/distribution/hot-path/pull-rights.ts';
import type { PushRights } from '#lib/distribution/hot-path/push-rights.ts';
import type { RegistryQuotas } from '#lib/distribution/push/registry-quotas.ts';
import type { AnswerBatch } from '#lib/distribution/hot-path/answer-batch.ts';
import type { VerifiedTokens } from '#lib/distribution/hot-path/verified-tokens.ts';
import type { LimitCounts, RequestLimits } from './request-limits.ts';
import type { FoundTarget } from '#lib/distribution/push/upload-rows.sql.ts';

/** The part of the App that /v2 uses. */
export type DistributionApp = {
  config: ServerConfig & ListenerConfig & DistributionConfig & UpstreamConfig;
  log: Log;
  counts: { errors: ErrorCounts; pushes: { manifests: number }; limits: LimitCounts };
  db: Db;
  pool: pg.Pool;
  policies: PolicyCache;
  pullCache: PullCache;
  pullRights: PullRights;
  pushRights: PushRights;
  blobs: BlobStore;
  intake: Intake;
  volume: Volume;
  quotas: RegistryQuotas;
  authKeys: Pick<AuthKeys, 'registryToken' | 'refreshToken' | 'loginPassword' | 'awsDownloads'>;
  secrets: StoredSecrets;
  repositoryKeys: RepositoryKeys;
  masterKeys: MasterKeys;
  issuerKeys: IssuerKeys;
  upstream: UpstreamRuntime;
  recordMutex: KeyedMutex<bigint>;
  recentLinks: RecentLinks;
  uploadIds: UploadIds;
  uploadSlots: UploadSlots;
  pullCounter: Pick<PullCounter, 'count'>;
  traffic: Pick<TrafficMeter, 'sent' | 'received'>;
  pullLog: Pick<PullLog, 'record'>;
  attemptLog: Pick<AttemptLog, 'note'>;
  limits: RequestLimits;
  verifiedTokens: VerifiedTokens;
  formats: Formats;
  answerBatch: AnswerBatch;
  offload: Offload;
  siteSettings: Pick<SiteSettingsCache, 'read'>;
  search: Pick<SearchIndex, 'search'>;
};

export function readContext({ config }: DistributionApp, req: IncomingMessage): RequestContext {
  return {
    address: readClientAddress(req),
    requestId: readRequestId(req),
    userAgent: req.headers['user-agent'] ?? null,
    site: siteSeenFrom(config, req.headers['x-listener']),
  };
}

/** One request and its response. */
export type Exchange = {
  app: DistributionApp;
  req: IncomingMessage;
  res: ServerResponse;
  requestId: string;
  /** The scope for a challenge, once known. */
  scope: string | null;
  /** The client sent `Expect: 100-continue` and waits before it sends the body. */
  awaitsContinue: boolean;
  /** The write and its caller, once known. Refused writes are audited (record-refused-request.ts). */
  write: { action: 'push' | 'delete'; fullName: string; params: Partial<Params>; credentials: Credentials } | null;
};

/** `Params` are the parameters of the route's suffix, such as `{ digest: Digest }`. */
export type PullRequest<Params> = {
  app: DistributionApp;
  req: IncomingMessage;
  res: ServerResponse;
  query: URLSearchParams;
  params: Params;
  repository: FoundRepository;
  credentials: Credentials;
};

export type WriteRequest<Params> = PullRequest<Params> & {
  caller: UserCaller;
  quota: RegistryQuota;
  /** The row of the upload named in `params`, for requireUpload. Undefined if it wasn't looked up. */
  uploadTarget: FoundTarget | undefined;
};
