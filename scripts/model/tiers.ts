// The paper model: what sites of different sizes need, and which resource runs out first. Pure arithmetic.
import type { MeasuredCosts, OperationCost } from './costs.ts';

const SECONDS_PER_DAY = 86_400;
const MEGABYTES_PER_GBIT = 125;

/** What the model assumes. Everything else is measured. */
export const ASSUMED = {
  /** Requests of one `docker pull`. */
  tokensPerPull: 1,
  manifestsPerPull: 3,
  blobsPerPull: 6,
  megabytesPerPull: 30,
  /** Pulls for each pushed image, which is as large as a pulled one. */
  pullsPerPush: 200,
  /** The busiest second against the average one. */
  peakFactor: 3,
  /** Use at most this share of a resource at the peak. */
  usableShare: 0.5,
  manifestCacheHits: 0.9,
  cdnHits: 0.99,
};

export const SITES = [
  { name: 'team', pullsPerDay: 100_000 },
  { name: 'company', pullsPerDay: 5_000_000 },
  { name: 'public gallery', pullsPerDay: 50_000_000 },
  { name: '500 M pulls a day', pullsPerDay: 500_000_000 },
];

/** Hardware of a shape. A database core also runs statements only, so both kinds of core count alike. */
type Limits = { serverCores: number; databaseCores: number; networkGbit: number; bucketReadsPerSecond: number };

export type SiteShape = { name: string; bytesBy: 'site' | 'bucket' | 'cdn'; limits: Limits };

/** 5,500 reads a second is what Amazon S3 guarantees for each prefix. Object keys are random, so it splits them over prefixes. */
export const SITE_SHAPES: SiteShape[] = [
  {
    name: 'one machine with 8 cores',
    bytesBy: 'site',
    limits: { serverCores: 6, databaseCores: 2, networkGbit: 10, bucketReadsPerSecond: Infinity },
  },
  {
    name: '8 replicas that send blobs',
    bytesBy: 'site',
    limits: { serverCores: 64, databaseCores: 32, networkGbit: 80, bucketReadsPerSecond: 16 * 5_500 },
  },
  {
    name: '8 replicas and redirects to S3',
    bytesBy: 'bucket',
    limits: { serverCores: 64, databaseCores: 32, networkGbit: 80, bucketReadsPerSecond: 16 * 5_500 },
  },
  {
    name: '32 replicas, S3 and a CDN',
    bytesBy: 'cdn',
    limits: { serverCores: 256, databaseCores: 64, networkGbit: 320, bucketReadsPerSecond: 16 * 5_500 },
  },
];

export type SiteResource = keyof Limits;

/** The CPU of a push is charged by size, which is more than a large push needs. */
function costOfPushedImage({ operations }: MeasuredCosts, of: keyof OperationCost): number {
  return ASSUMED.megabytesPerPull * operations.push[of];
}

/** A measured push has a config, a layer and a manifest. An image with more blobs has as many rows as several of them. */
const ROWS_OF_PUSHES = ASSUMED.blobsPerPull / 2;

/**
 * What one pull uses, with its share of a push: core seconds, gigabits through the site's network, and reads of the bucket.
 * Every blob that the site sends counts as a read, as if no replica had it in memory.
 */
export function usePerPull(costs: MeasuredCosts, bytesBy: SiteShape['bytesBy']): Record<SiteResource, number> {
  const { token, manifest, uncachedManifest, redirect, sentMegabyte } = costs.operations;
  const misses = ASSUMED.manifestsPerPull * (1 - ASSUMED.manifestCacheHits);
  const hits = ASSUMED.manifestsPerPull - misses;
  const millis = (of: 'serverMs' | 'databaseMs') => {
    const bytes =
      bytesBy === 'site' ? ASSUMED.megabytesPerPull * sentMegabyte[of] : ASSUMED.blobsPerPull * redirect[of];
    const small = ASSUMED.tokensPerPull * token[of] + hits * manifest[of] + misses * uncachedManifest[of];
    return small + bytes + costOfPushedImage(costs, of) / ASSUMED.pullsPerPush;
  };
  const megabytes = ASSUMED.megabytesPerPull * ((bytesBy === 'site' ? 1 : 0) + 1 / ASSUMED.pullsPerPush);
  const bucketShare = { site: 1, bucket: 1, cdn: 1 - ASSUMED.cdnHits }[bytesBy];
  return {
    serverCores: millis('serverMs') / 1000,
    databaseCores: millis('databaseMs') / 1000,
    networkGbit: megabytes / MEGABYTES_PER_GBIT,
    bucketReadsPerSecond: ASSUMED.blobsPerPull * bucketShare,
  };
}

export function peakPullsPerSecond(pullsPerDay: number): number {
  return (pullsPerDay / SECONDS_PER_DAY) * ASSUMED.peakFactor;
}

/** Pulls a day that each resource of a shape carries, the scarcest first. */
export function rankResources(
  costs: MeasuredCosts,
  shape: SiteShape,
): { resource: SiteResource; pullsPerDay: number }[] {
  const use = usePerPull(costs, shape.bytesBy);
  const resources = Object.keys(shape.limits) as SiteResource[];
  return resources
    .map((resource) => {
      const peak = (shape.limits[resource] * ASSUMED.usableShare) / use[resource];
      return { resource, pullsPerDay: (peak / ASSUMED.peakFactor) * SECONDS_PER_DAY };
    })
    .sort((a, b) => a.pullsPerDay - b.pullsPerDay);
}

export type Need = {
  requestsPerSecond: number;
  serverCores: number;
  databaseCores: number;
  databaseCallsPerSecond: number;
  gbitPerSecond: number;
  databaseGigabytesPerYear: number;
};

/** What a site needs at its peak, with `usableShare` of each core used. */
export function needOf(costs: MeasuredCosts, pullsPerDay: number, bytesBy: SiteShape['bytesBy']): Need {
  const { tokensPerPull, manifestsPerPull, blobsPerPull, megabytesPerPull, pullsPerPush, usableShare } = ASSUMED;
  const { token, manifest, uncachedManifest, redirect } = costs.operations;
  const peak = peakPullsPerSecond(pullsPerDay);
  const use = usePerPull(costs, bytesBy);
  const misses = manifestsPerPull * (1 - ASSUMED.manifestCacheHits);
  const calls =
    tokensPerPull * token.databaseCalls +
    (manifestsPerPull - misses) * manifest.databaseCalls +
    misses * uncachedManifest.databaseCalls +
    (bytesBy === 'site' ? 0 : blobsPerPull * redirect.databaseCalls) +
    costOfPushedImage(costs, 'databaseCalls') / pullsPerPush;
  return {
    requestsPerSecond: peak * (tokensPerPull + manifestsPerPull + blobsPerPull),
    serverCores: (peak * use.serverCores) / usableShare,
    databaseCores: (peak * use.databaseCores) / usableShare,
    databaseCallsPerSecond: peak * calls,
    gbitPerSecond: (peak * megabytesPerPull) / MEGABYTES_PER_GBIT,
    databaseGigabytesPerYear: ((pullsPerDay / pullsPerPush) * 365 * ROWS_OF_PUSHES * costs.databaseBytesPerImage) / 1e9,
  };
}
