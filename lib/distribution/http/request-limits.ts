import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import { shareCounts } from '#lib/platform/processes/share-counts.ts';
import type { Siblings } from '#lib/platform/processes/siblings.ts';
import { createClientLimit, type ClientLimit } from '#lib/platform/http/client-limit.ts';

/** Rate limits for anonymous clients and for wrong credentials. */
export type RequestLimits = {
  /** GET of manifests. */
  pulls: ClientLimit;
  /** Token requests. */
  tokens: ClientLimit;
};

/** Requests that each limit refused. */
export type LimitCounts = Record<keyof RequestLimits, number>;

const HOUR_SECONDS = 3_600;
const MINUTE_SECONDS = 60;

export function createRequestLimits(config: DistributionConfig, siblings: Siblings | null = null): RequestLimits {
  const { unlimitedNetworks, pullsPerHour, tokensPerMinute } = config;
  const create = (topic: string, limit: number, windowSeconds: number) =>
    createClientLimit({ limit, windowSeconds, unlimitedNetworks, peers: siblings && shareCounts(siblings, topic) });
  return {
    pulls: create('pulls', pullsPerHour, HOUR_SECONDS),
    tokens: create('tokens', tokensPerMinute, MINUTE_SECONDS),
  };
}
