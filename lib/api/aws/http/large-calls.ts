import { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';

/**
 * Limits calls that carry layer parts or large manifests. Each takes up to three times its body in memory, because the
 * whole body is signed, and base64 in JSON. A waiting call's body stays unread.
 */
export function createLargeCalls(): FairLimiter {
  return new FairLimiter({ atATime: 6, atATimePerKey: 2, maxWaitingPerKey: 20, maxWaiting: 200 });
}
