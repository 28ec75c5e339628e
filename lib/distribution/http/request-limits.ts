import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import { createClientLimit, type ClientLimit } from '#lib/platform/http/client-limit.ts';

/** What clients without an account, and those with wrong credentials, may do of /v2 in a while. */
export type RequestLimits = {
  /** GET of manifests. */
  pulls: ClientLimit;
  /** Requests for tokens. */
  tokens: ClientLimit;
};

const HOUR_SECONDS = 3_600;
const MINUTE_SECONDS = 60;

export function createRequestLimits(config: DistributionConfig): RequestLimits {
  const { unlimitedNetworks } = config;
  return {
    pulls: createClientLimit({ limit: config.pullsPerHour, windowSeconds: HOUR_SECONDS, unlimitedNetworks }),
    tokens: createClientLimit({ limit: config.tokensPerMinute, windowSeconds: MINUTE_SECONDS, unlimitedNetworks }),
  };
}
