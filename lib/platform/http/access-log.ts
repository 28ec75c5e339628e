// Logs requests as JSON lines, if the operator wants them.
import type { Log } from '#lib/platform/log.ts';
import type { FinishedRequest } from '#lib/platform/metrics/request-metrics.ts';
import { readClientAddress, readRequestId } from './requests.ts';

const MAX_PATH_LENGTH = 500;
const MAX_USER_AGENT_LENGTH = 300;
const FIRST_ERROR = 500;

/** Routes whose path is a secret link. */
const SECRET_PATHS: ReadonlySet<string> = new Set(['/api/following/[file]', '/api/unsubscribe']);

/**
 * Returns a function that logs a share of requests, and every one that failed on this side. Queries are left out, because
 * they may hold tokens and signatures.
 * @param share of requests, from 0 to 1
 */
export function createAccessLog(log: Log, share: number, random = Math.random): ((of: FinishedRequest) => void) | null {
  if (share === 0) return null;
  const lines = log.child({ type: 'access' }, { level: 'info' });
  return (finished) => {
    const { req, edge, route, code, seconds, sentBytes, receivedBytes } = finished;
    if (code < FIRST_ERROR && random() >= share) return;
    const path = (req.url ?? '').split('?', 1)[0] ?? '';
    lines.info(
      {
        requestId: readRequestId(req),
        edge,
        method: req.method,
        route,
        path: SECRET_PATHS.has(route) ? null : path.slice(0, MAX_PATH_LENGTH),
        status: code,
        durationMs: Math.round(seconds * 1_000_000) / 1_000,
        sentBytes,
        receivedBytes,
        address: readClientAddress(req),
        userAgent: req.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      },
      'request',
    );
  };
}
