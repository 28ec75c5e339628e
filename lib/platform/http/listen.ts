// Beginning and ending to take connections.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { AppError, errorCode } from '#lib/platform/errors.ts';

/** How long requests that are under way may go on once the server is told to stop. */
const DRAIN_TIMEOUT_MS = 20_000;
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

/** Takes no new connections and lets requests finish; what still runs after the time limit is cut. */
export async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection counts as open until its client leaves: close each as it falls idle.
  const sweep = setInterval(() => server.closeIdleConnections(), DRAIN_SWEEP_MS);
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}
