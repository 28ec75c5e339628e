import { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';

/**
 * Limits calls that carry layer parts or large manifests. The largest part takes about 160 MiB of memory for a moment,
 * because the whole body is signed, and is base64 in JSON. The body of a waiting call stays unread.
 */
export function createLargeCalls(): FairLimiter {
  return new FairLimiter({ atATime: 4, atATimePerKey: 2, maxWaitingPerKey: 20, maxWaiting: 200 });
}
