// Beginning and ending to take connections.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, errorCode } from '#lib/platform/errors.ts';

const DRAIN_SWEEP_MS = 100;

/** @throws AppError `unavailable` with a sentence that says what to change */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${port} on ${host} is taken by another program: stop it, or set PORT to another port.`,
      EACCES: `This user may not listen on port ${port}: set PORT to 1024 or above.`,
      EADDRNOTAVAIL: `This machine has no address ${host}: set HOST to one it has.`,
    };
    throw new AppError('unavailable', reasons[errorCode(cause) ?? ''] ?? `Can't listen on ${host}:${port}.`, { cause });
  }
}

export type DrainOptions = {
  /** So long new connections are still taken and answered: load balancers go on sending until they have asked /readyz again. */
  delaySeconds: number;
  /** So long requests under way may go on after that. */
  maxSeconds: number;
};

/** Takes no new connections and lets requests finish; what still runs after the time limit is cut. */
export async function drain(server: Server, { delaySeconds, maxSeconds }: DrainOptions): Promise<void> {
  await sleep(delaySeconds * 1_000);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection counts as open until its client leaves: close each as it falls idle.
  const sweep = setInterval(() => server.closeIdleConnections(), DRAIN_SWEEP_MS);
  const limit = setTimeout(() => server.closeAllConnections(), maxSeconds * 1_000);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}
