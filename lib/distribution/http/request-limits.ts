import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
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

export function createRequestLimits(config: DistributionConfig): RequestLimits {
  const { unlimitedNetworks } = config;
  return {
    pulls: createClientLimit({ limit: config.pullsPerHour, windowSeconds: HOUR_SECONDS, unlimitedNetworks }),
    tokens: createClientLimit({ limit: config.tokensPerMinute, windowSeconds: MINUTE_SECONDS, unlimitedNetworks }),
  };
}
