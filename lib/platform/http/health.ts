// GET /livez: the process answers. GET /readyz: it can do its work, or which part it lacks.
import type { IncomingMessage, ServerResponse } from 'node:http';

export type HealthCheck = { name: string; check: () => Promise<unknown> };

const CHECK_TIMEOUT_MS = 3_000;

/** Answers and returns true if the request is a health probe. */
export async function handleHealthRequest(
  req: IncomingMessage,
  res: ServerResponse,
  { checks, isDraining }: { checks: HealthCheck[]; isDraining: boolean },
): Promise<boolean> {
  const path = req.url?.split('?')[0];
  if (path !== '/livez' && path !== '/readyz') return false;
  const failed = path === '/livez' ? [] : isDraining ? ['draining'] : await findFailures(checks);
  const body = failed.length === 0 ? 'ok\n' : `not ready: ${failed.join(', ')}\n`;
  res.writeHead(failed.length === 0 ? 200 : 503, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  res.end(req.method === 'HEAD' ? undefined : body);
  return true;
}

async function findFailures(checks: HealthCheck[]): Promise<string[]> {
  const results = await Promise.all(
    checks.map(async ({ name, check }) => {
      const isOk = await Promise.race([check().then(() => true), timeout()]).catch(() => false);
      return isOk ? [] : [name];
    }),
  );
  return results.flat();
}

function timeout(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), CHECK_TIMEOUT_MS).unref());
}
