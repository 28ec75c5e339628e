import { isAppError } from '#lib/platform/errors.ts';
import type { UpstreamRequest, UpstreamResponse } from '#lib/upstream/client/upstream-client.ts';
import type { UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

/**
 * Sends a request and records the outcome for the publisher. Every request to an upstream goes through here.
 * @throws AppError as UpstreamClient does
 */
export async function requestUpstream(
  { upstream: { client, stats } }: { upstream: UpstreamRuntime },
  settings: UpstreamSettings,
  request: UpstreamRequest,
): Promise<UpstreamResponse> {
  try {
    const response = await client.request(settings, request);
    stats.recordResponse(settings.id);
    return response;
  } catch (error) {
    if (isAppError(error)) {
      stats.count(settings.id, 'failures');
      stats.recordProblem(settings.id, error.message);
    }
    throw error;
  } finally {
    stats.recordRateLimit(settings.id, client.state(settings).rateLimit);
  }
}

/** Whether the upstream was unreachable or its response invalid, so that a stale copy is better. */
export function isUpstreamFailure(error: unknown): boolean {
  return isAppError(error) && error.code.startsWith('upstream_');
}
