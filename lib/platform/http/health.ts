// GET /startupz: startup is complete. GET /livez: the process responds. GET /readyz: it can serve requests, or which checks
// fail and why.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAppError, toAppError } from '#lib/platform/errors.ts';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';

export type HealthCheck = {
  name: string;
  /** Rejects if unhealthy. */
  check: () => Promise<unknown>;
  /** Reported without failing readiness, for problems that affect only some requests and often all replicas at once. */
  isWarning?: boolean;
};

export type ProcessState = { isStarted: boolean; isDraining: boolean };

export type HealthProbe = (req: IncomingMessage, res: ServerResponse, state: ProcessState) => Promise<boolean>;

/** Load balancers and Kubernetes time out after a second or more. */
const CHECK_TIMEOUT_MS = 2_000;

/**
 * Creates a handler that returns true if the request was a probe. Concurrent probes share one run of each check.
 * @param describe what /livez answers instead of `ok`; null for everyone but the operator
 */
export function createHealthProbe(
  checks: HealthCheck[],
  describe: (req: IncomingMessage) => string | null = () => null,
): HealthProbe {
  const running = new SingleFlight<string | null>();
  const findProblems = (isWarning: boolean) =>
    Promise.all(
      checks
        .filter((check) => (check.isWarning ?? false) === isWarning)
        .map(async (check) => ({ name: check.name, reason: await running.run(check.name, () => findReason(check)) })),
    ).then((results) => results.filter(({ reason }) => reason !== null));
  return async (req, res, { isStarted, isDraining }) => {
    const path = req.url?.split('?')[0];
    if (path === '/livez') answer(req, res, 200, [describe(req) ?? 'ok']);
    // Whatever fails later is no reason to restart the process.
    else if (path === '/startupz') answer(req, res, isStarted ? 200 : 503, [isStarted ? 'ok' : 'starting']);
    else if (path !== '/readyz') return false;
    else if (isDraining) answer(req, res, 503, ['not ready: draining']);
    else {
      const [failed, warnings] = await Promise.all([findProblems(false), findProblems(true)]);
      const isReady = failed.length === 0;
      const head = isReady ? 'ok' : `not ready: ${failed.map(({ name }) => name).join(', ')}`;
      const reasons = failed.map(({ name, reason }) => `${name}: ${reason}`);
      const notes = warnings.map(({ name, reason }) => `warning: ${name}: ${reason}`);
      answer(req, res, isReady ? 200 : 503, [head, ...reasons, ...notes]);
    }
    return true;
  };
}

function answer(req: IncomingMessage, res: ServerResponse, status: number, lines: string[]): void {
  const body = `${lines.join('\n')}\n`;
  res.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}

/** Returns null if healthy. Reasons are public, so unknown errors aren't disclosed. */
async function findReason({ check }: HealthCheck): Promise<string | null> {
  try {
    return await Promise.race([check().then(() => null), timeout()]);
  } catch (cause) {
    const error = toAppError(cause);
    return isAppError(cause) || error.code === 'unavailable' ? error.message : 'failed, see the log';
  }
}

function timeout(): Promise<string> {
  const sentence = `no answer within ${CHECK_TIMEOUT_MS / 1_000} seconds`;
  return new Promise((resolve) => setTimeout(() => resolve(sentence), CHECK_TIMEOUT_MS).unref());
}
