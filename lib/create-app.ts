// The composition root: chooses and connects the parts of the App.
import { LRUCache } from 'lru-cache';
import { createPolicyCache } from '#lib/access/attached/attached-policy.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { blobsDir } from '#lib/blobs/disk/paths.ts';
import { createAccessLog } from '#lib/platform/http/access-log.ts';
import { openTracing, type Tracing } from '#lib/platform/tracing/tracing.ts';
import { traceStatements } from '#lib/platform/tracing/trace-statements.ts';
import { createDomainProbe } from '#lib/publishers/verification/domain-probe.ts';
import { installReservedNames } from '#lib/aliases/reserved/install-reserved-names.ts';
import { createAttemptLog } from '#lib/events/attempt-log.ts';
import { createPullLog } from '#lib/events/pull-log.ts';
import { createLargeCalls } from '#lib/api/aws/http/large-calls.ts';
import { createLogoTurns } from '#lib/publishers/logos/encode-logo.ts';
import { ImageSizes } from '#lib/gallery/images/image-sizes.ts';
import { createImageProxy } from '#lib/gallery/images/load-proxied-image.ts';
import { createMarkdownRenderer } from '#lib/gallery/markdown/markdown-renderer.ts';
import { createNetworkClassifier } from '#lib/repositories/usage/classify-network.ts';
import { createTrafficMeter } from '#lib/repositories/usage/traffic-meter.ts';
import { createPullCounter } from '#lib/repositories/pull-counter.ts';
import { joinMasterKeys } from '#lib/keys/join-master-keys.ts';
import { openMasterKeys } from '#lib/keys/master-keys.ts';
import { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import { openKeyServices } from '#lib/keys/services/open-key-services.ts';
import { createFormats } from '#lib/distribution/translate/formats.ts';
import { deriveAuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import { migrateJobs } from '#lib/platform/jobs/run-worker.ts';
import type { Config } from './config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { ensureWritableFolder } from '#lib/platform/files.ts';
import type { Log } from '#lib/platform/log.ts';
import { RequestMetrics } from '#lib/platform/metrics/request-metrics.ts';
import { createBadRequests } from '#lib/platform/http/bad-requests.ts';
import { createMailer } from '#lib/platform/net/mailer.ts';
import { createOffload } from '#lib/platform/concurrency/offload.ts';
import type { Siblings } from '#lib/platform/processes/siblings.ts';
import { shareCounts } from '#lib/platform/processes/share-counts.ts';
import { shareTally } from '#lib/platform/processes/share-tally.ts';
import { RecentResults } from '#lib/platform/concurrency/recent-results.ts';
import { KeyedMutex } from '#lib/platform/concurrency/keyed-mutex.ts';
import { RecentLinks } from '#lib/distribution/push/recent-links.ts';
import { UploadIds } from '#lib/distribution/push/ids/upload-ids.ts';
import { UploadSlots } from '#lib/distribution/push/ids/upload-slots.ts';
import { joinSite } from '#lib/distribution/integrity/join-site.ts';
import { createAttachedReader } from '#lib/distribution/attached/attached-reader.ts';
import { createLayerReader } from '#lib/distribution/layers/layer-reader.ts';
import { AnswerBatch } from '#lib/distribution/hot-path/answer-batch.ts';
import { VerifiedTokens } from '#lib/distribution/hot-path/verified-tokens.ts';
import { openPullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { RegistryQuotas } from '#lib/distribution/push/registry-quotas.ts';
import { createRequestLimits } from '#lib/distribution/http/request-limits.ts';
import { cacheSearch } from '#lib/search/cache-search.ts';
import { createMeilisearchIndex } from '#lib/search/meilisearch/meilisearch-index.ts';
import { openMeilisearch } from '#lib/search/meilisearch/meilisearch-server.ts';
import { createPostgresIndex } from '#lib/search/postgres/postgres-index.ts';
import { searchWithFallback } from '#lib/search/search-with-fallback.ts';
import { nameEmails } from '#lib/site/name-emails.ts';
import { requireWritable } from '#lib/site/maintenance.ts';
import { SiteSettingsCache } from '#lib/site/site-settings.ts';
import { createCacheStats } from '#lib/upstream/pull-through/cache-stats.ts';
import { createIssuerKeys } from '#lib/identity/federation/issuer-keys.ts';
import { findFlightOwners } from '#lib/upstream/pull-through/flight-owners.ts';
import { sharePace } from '#lib/upstream/shared/share-pace.ts';
import { sharePauses } from '#lib/upstream/shared/share-pauses.ts';
import { traceClient } from '#lib/upstream/client/trace-client.ts';
import { createUpstreamClient } from '#lib/upstream/client/create-upstream-client.ts';
import {
  closeUpstreamRuntime,
  createSettingsCache,
  createUpstreamRuntime,
} from '#lib/upstream/pull-through/upstream-runtime.ts';
import type { App } from './app.ts';
import { createCounts, type ProcessCounts } from './counts.ts';
import { openBlobs } from './open-blobs.ts';
import { openSiteDatabase, type Step } from './prepare-database.ts';

/** Each takes 20 to 60 kB, and a good part of a second to draw. */
const PREVIEWS_KEPT = 300;
/** Each takes up to 4 MB, if its annotations are that long. */
const LARGE_MANIFESTS_KEPT = 16;
/** Each takes up to 4 kB. */
const STATED_FACTS_KEPT = 2_000;

/** Requests that pages and the REST API answer at the same time. */
const ROUTE_NAMES_KEPT = 10_000;

/** Popularity changes slowly. */
const POPULAR_IDS_MS = 300_000;

export type AppHooks = {
  /** Wraps each slow step, to report progress to the operator. */
  step?: Step;
  /** Set by a long-running process. It supervises the embedded PostgreSQL and calls this if it can't be restarted. */
  onDatabaseLost?: (reason: unknown) => void;
  /** The other processes of this machine. Null or missing: this one is alone. */
  siblings?: Siblings | null;
  /** The operator confirms that the database and the blob store belong together. */
  isStoreConfirmed?: boolean;
};

/**
 * Opens all services and runs migrations.
 * @throws AppError with a message for the operator
 */
export async function createApp(config: Config, log: Log, hooks: AppHooks = {}): Promise<App> {
  const { step, onDatabaseLost, isStoreConfirmed, siblings = null } = hooks;
  const processes = siblings?.part.serverCount ?? 1;
  prepareDataDir(config, log);
  const counts = createCounts();
  const database = await openSiteDatabase(config, log, step);
  try {
    const { db, pool, direct, embedded, moveTo } = database;
    // The supervisor restarts it, and ends the others if it can't.
    const mayRestart = siblings === null;
    if (onDatabaseLost) embedded?.watch({ log, onMoved: moveTo, onLost: onDatabaseLost, mayRestart });
    const tracing = config.tracing && (await openTracing(config.tracing));
    if (tracing) traceStatements(pool, tracing);
    const masterKeys = openMasterKeys(config);
    const keyServices = await openKeyServices(config, masterKeys);
    // Must precede all other statements on the pool.
    const siteSettings = new SiteSettingsCache(db);
    const onSiteChange = () => siteSettings.forget();
    const upstreamSettings = createSettingsCache();
    const onSiblingWrite = () => {
      siteSettings.forget();
      upstreamSettings.clear();
    };
    const caches = openPullCache({ pool, direct, log, onSiteChange, siblings, onSiblingWrite });
    const { pullCache, pullRights, pushRights, close: closePullCache } = caches;
    let storage: Awaited<ReturnType<typeof openBlobs>>;
    try {
      await migrateJobs(direct.pool, log);
      await siteSettings.open();
      await joinMasterKeys({ pool }, masterKeys);
      storage = await openBlobs(config, { pool, log, counts, tracing, keyServices, processes });
      await joinSite({ pool, ...storage }, { isConfirmed: isStoreConfirmed });
      await installReservedNames({ db });
    } catch (error) {
      keyServices.close();
      await closePullCache();
      throw error;
    }
    const { blobs, intake, volume, sealingKeys } = storage;
    const pullCounter = createPullCounter({ pool, log });
    const traffic = createTrafficMeter({ pool, log, classify: createNetworkClassifier(config) });
    const offload = createOffload();
    const authKeys = deriveAuthKeys(config);
    const pullLog = createPullLog({ pool, log, keepDays: config.auditPullsDays });
    const attemptLog = createAttemptLog({ pool, log });
    const apiCallLog = createAttemptLog({ pool, log });
    const upstream = createUpstreamRuntime({
      client: traceClient(
        createUpstreamClient({
          ...config.mirrors,
          shared: { pauses: sharePauses({ pool, log }), reserveTurns: sharePace({ pool, log }) },
          log,
        }),
        tracing,
      ),
      stats: createCacheStats({ pool, log }),
      offload,
      settings: upstreamSettings,
      owners: siblings && findFlightOwners(siblings.part),
      requireWritable: () => requireWritable({ siteSettings }),
    });
    const imageSizes = new ImageSizes({ pool, log });
    return {
      config,
      log,
      db,
      pool,
      direct,
      blobs,
      intake,
      volume,
      ...openSearch(config, db, log, counts),
      counts,
      requests: measureRequests(config, log, tracing),
      tracing,
      routeNames: new LRUCache({ max: ROUTE_NAMES_KEPT }),
      policies: createPolicyCache(),
      pullCache,
      pullRights,
      pushRights,
      verifiedTokens: new VerifiedTokens(),
      formats: createFormats(authKeys.schema1),
      answerBatch: new AnswerBatch(),
      pullCounter,
      traffic,
      recordMutex: new KeyedMutex(),
      recentLinks: new RecentLinks(),
      uploadIds: new UploadIds(authKeys.uploads),
      uploadSlots: new UploadSlots(siblings && shareTally(siblings, 'uploads')),
      pullLog,
      attemptLog,
      apiCallLog,
      domainProbe: createDomainProbe(config),
      authKeys,
      masterKeys,
      keyServices,
      sealingKeys,
      secrets: new StoredSecrets(sealingKeys, authKeys.sealing),
      repositoryKeys: new RepositoryKeys({ pool, keyServices, sealingKeys }, config.kms?.keyId ?? null),
      issuerKeys: createIssuerKeys(upstream.client),
      upstream,
      layers: createLayerReader(),
      attached: createAttachedReader(),
      logoLimiter: createLogoTurns(),
      largeCalls: createLargeCalls(),
      offload,
      badRequests: createBadRequests(),
      markdown: createMarkdownRenderer({ offload, log, imageKey: authKeys.images, imageSizes }),
      imageSizes,
      images: createImageProxy({
        client: upstream.client,
        log,
        folder: join(config.dataDir, 'cache', 'images'),
        unlimitedNetworks: config.unlimitedNetworks,
        peers: siblings && shareCounts(siblings, 'images'),
      }),
      previews: new RecentResults({ max: PREVIEWS_KEPT }),
      largeManifests: new RecentResults({ max: LARGE_MANIFESTS_KEPT }),
      statedFacts: new LRUCache({ max: STATED_FACTS_KEPT }),
      popularIds: new LRUCache({ max: 100, ttl: POPULAR_IDS_MS }),
      apiDocuments: new RecentResults({ max: 1 }),
      home: new RecentResults({ max: 1 }),
      publicStatus: new RecentResults({ max: 1 }),
      limits: createRequestLimits(config, siblings),
      quotas: new RegistryQuotas({ pool, config }),
      mailer: config.smtp && nameEmails(createMailer(config.smtp), siteSettings),
      siteSettings,
      close: async () => {
        await tracing?.close().catch((error: unknown) => log.warn({ err: error }, 'sending the last traces failed'));
        await closeUpstreamRuntime(upstream);
        volume.close();
        keyServices.close();
        await offload.close();
        await pullCounter.close();
        await traffic.close();
        await pullLog.close();
        await attemptLog.close();
        await apiCallLog.close();
        await closePullCache();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** With an external database and existing blobs, a replica with a full or read-only disk still serves pulls. */
function prepareDataDir({ dataDir, databaseUrl }: Config, log: Log): void {
  try {
    ensureWritableFolder(dataDir, 'DATA_DIR');
  } catch (error) {
    if (databaseUrl === undefined || !existsSync(blobsDir(dataDir))) throw error;
    log.error({ err: error }, 'pushes will fail because DATA_DIR is not writable');
  }
}

/** Counts requests, and tells the access log and the traces of each. */
function measureRequests(config: Config, log: Log, tracing: Tracing | null): RequestMetrics {
  const requests = new RequestMetrics();
  const logAccess = createAccessLog(log, config.accessLogShare);
  if (logAccess ?? tracing) {
    requests.onFinish = (finished) => {
      logAccess?.(finished);
      tracing?.finish(finished);
    };
  }
  return requests;
}

/** Ranking uses ages in days, so results can be cached this long. */
const DATABASE_ANSWER_MS = 60_000;
/** How long cached results may lag behind Meilisearch. */
const MEILISEARCH_ANSWER_MS = 2_000;

function openSearch(config: Config, db: Db, log: Log, counts: ProcessCounts): Pick<App, 'search' | 'meilisearch'> {
  const cached = { db, counts: counts.searchCache };
  const postgres = cacheSearch(createPostgresIndex(db), { ...cached, ttlMs: DATABASE_ANSWER_MS });
  if (!config.meilisearch) return { search: postgres, meilisearch: null };
  const server = openMeilisearch(config.meilisearch);
  const index = createMeilisearchIndex({ db, server });
  const meilisearch = cacheSearch(index, { ...cached, ttlMs: MEILISEARCH_ANSWER_MS });
  return { search: searchWithFallback(meilisearch, postgres, { log, counts: counts.search }), meilisearch: server };
}
