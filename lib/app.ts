// The long-lived services of the process, built once by create-app.ts. Next loads this module several times per process,
// so the App is stored on globalThis. The module imports only types, so that pages don't bundle the services.
import type { LRUCache } from 'lru-cache';
import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { HomePage } from '#lib/gallery/home/read-home.ts';
import type { ShownManifest } from '#lib/gallery/show-manifest.ts';
import type { StatedFacts } from '#lib/gallery/repository/stated-facts.ts';
import type { PublicStatus } from '#lib/api/read-public-status.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Intake } from '#lib/blobs/intake.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import type { AttemptLog } from '#lib/events/attempt-log.ts';
import type { PullLog } from '#lib/events/pull-log.ts';
import type { DomainProbe } from '#lib/publishers/verification/domain-probe.ts';
import type { ImageSizes } from '#lib/gallery/images/image-sizes.ts';
import type { ImageProxy } from '#lib/gallery/images/load-proxied-image.ts';
import type { MarkdownRenderer } from '#lib/gallery/markdown/markdown-renderer.ts';
import type { TrafficMeter } from '#lib/repositories/usage/traffic-meter.ts';
import type { PullCounter } from '#lib/repositories/pull-counter.ts';
import type { IssuerKeys } from '#lib/identity/federation/issuer-keys.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import type { SealingKeyRing } from '#lib/keys/sealing-key-ring.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import type { KeyServices } from '#lib/keys/services/open-key-services.ts';
import type { Formats } from '#lib/distribution/translate/formats.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import type { Config } from './config.ts';
import type { ProcessCounts } from './counts.ts';
import type { Tracing } from '#lib/platform/tracing/tracing.ts';
import type { RequestMetrics } from '#lib/platform/metrics/request-metrics.ts';
import type { Db, DirectDatabase } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { BadRequests } from '#lib/platform/http/bad-requests.ts';
import type { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import type { RecentResults } from '#lib/platform/concurrency/recent-results.ts';
import type { KeyedMutex } from '#lib/platform/concurrency/keyed-mutex.ts';
import type { RecentLinks } from '#lib/distribution/push/recent-links.ts';
import type { UploadIds } from '#lib/distribution/push/ids/upload-ids.ts';
import type { UploadSlots } from '#lib/distribution/push/ids/upload-slots.ts';
import type { QueueingPool } from '#lib/platform/pg/pool/queueing-pool.ts';
import type { AnswerBatch } from '#lib/distribution/hot-path/answer-batch.ts';
import type { VerifiedTokens } from '#lib/distribution/hot-path/verified-tokens.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import type { PullRights } from '#lib/distribution/hot-path/pull-rights.ts';
import type { PushRights } from '#lib/distribution/hot-path/push-rights.ts';
import type { AttachedReader } from '#lib/distribution/attached/attached-reader.ts';
import type { LayerReader } from '#lib/distribution/layers/layer-reader.ts';
import type { RegistryQuotas } from '#lib/distribution/push/registry-quotas.ts';
import type { RequestLimits } from '#lib/distribution/http/request-limits.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import type { MeilisearchServer } from '#lib/search/meilisearch/meilisearch-server.ts';
import type { SiteSettingsCache } from '#lib/site/site-settings.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';

export type App = {
  config: Config;
  log: Log;
  counts: ProcessCounts;
  requests: RequestMetrics;
  /** Null unless the operator has a receiver of traces. */
  tracing: Tracing | null;
  /** Templates of the REST API's routes, by the ids of their requests. */
  routeNames: LRUCache<string, string>;
  db: Db;
  pool: QueueingPool;
  direct: DirectDatabase;
  blobs: BlobStore;
  intake: Intake;
  volume: Volume;
  search: SearchIndex;
  /** Null if searches use PostgreSQL. */
  meilisearch: MeilisearchServer | null;
  /** Compiled policies of repositories. */
  policies: PolicyCache;
  pullCache: PullCache;
  pullRights: PullRights;
  pushRights: PushRights;
  verifiedTokens: VerifiedTokens;
  formats: Formats;
  answerBatch: AnswerBatch;
  pullCounter: PullCounter;
  traffic: TrafficMeter;
  /** Manifests of one repository, by its id, are recorded one at a time. */
  recordMutex: KeyedMutex<bigint>;
  recentLinks: RecentLinks;
  uploadIds: UploadIds;
  uploadSlots: UploadSlots;
  pullLog: PullLog;
  attemptLog: AttemptLog;
  /** Apart from attempts, so that busy clients don't use up the rows for failures. */
  apiCallLog: AttemptLog;
  domainProbe: DomainProbe;
  authKeys: AuthKeys;
  masterKeys: MasterKeys;
  keyServices: KeyServices;
  sealingKeys: SealingKeyRing;
  secrets: StoredSecrets;
  repositoryKeys: RepositoryKeys;
  issuerKeys: IssuerKeys;
  upstream: UpstreamRuntime;
  layers: LayerReader;
  attached: AttachedReader;
  logoLimiter: FairLimiter;
  /** Calls of the AWS APIs that carry content. */
  largeCalls: FairLimiter;
  /** Worker threads for work that would block the event loop. */
  offload: Offload;
  /** Requests that Next failed to parse. */
  badRequests: BadRequests;
  markdown: MarkdownRenderer;
  /** Images of publishers' texts. */
  images: ImageProxy;
  imageSizes: ImageSizes;
  /** Preview pictures by their words. */
  previews: RecentResults<Uint8Array<ArrayBuffer>>;
  /** Parsed manifests over 64 KB, by media type and digest. */
  largeManifests: RecentResults<ShownManifest>;
  /** What images state about themselves, by repository and digest. */
  statedFacts: LRUCache<string, StatedFacts>;
  /** Ids of the most pulled repositories, by category. */
  popularIds: LRUCache<string, bigint[]>;
  /** Documents that describe an API. */
  apiDocuments: RecentResults<Record<string, unknown>>;
  /** What the home page shows, by the version of the search documents. */
  home: RecentResults<HomePage>;
  publicStatus: RecentResults<PublicStatus>;
  limits: RequestLimits;
  quotas: RegistryQuotas;
  /** Null if email is off. */
  mailer: Mailer | null;
  siteSettings: SiteSettingsCache;
  /** Flushes buffers and disconnects from the database. An embedded one stops with its last user. */
  close: () => Promise<void>;
};

const KEY = Symbol.for('vitrine.App');
const shared = globalThis as Record<symbol, App | undefined>;

/** Sets the App that `getApp` returns. */
export function shareApp(app: App): void {
  shared[KEY] = app;
}

/** Returns the process's App, from any copy of this module. */
export function getApp(): App {
  const app = shared[KEY];
  if (!app) throw new AppError('internal', 'getApp was called before server.ts created the App.');
  return app;
}
