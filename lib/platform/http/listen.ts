// Starts and drains an HTTP server.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, errorCode } from '#lib/platform/errors.ts';

const DRAIN_SWEEP_MS = 100;

/** Names of the settings of an address, for errors. */
export type AddressSettings = { host: string; port: string };

/** @throws AppError `unavailable` with a message that says what to change */
export async function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  settings: AddressSettings = { host: 'HOST', port: 'PORT' },
): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${port} on ${host} is in use. Stop the other program or set ${settings.port} to another port.`,
      EACCES: `This user isn't allowed to listen on port ${port}. Set ${settings.port} to 1024 or above, or grant CAP_NET_BIND_SERVICE.`,
      EADDRNOTAVAIL: `This machine doesn't have the address ${host}. Set ${settings.host} to one it has.`,
    };
    throw new AppError('unavailable', reasons[errorCode(cause) ?? ''] ?? `Can't listen on ${host}:${port}.`, { cause });
  }
}

export type DrainOptions = {
  /** How long to keep accepting connections, until load balancers have seen /readyz fail. */
  delaySeconds: number;
  /** How long requests in progress may take after that. */
  maxSeconds: number;
};

/** Stops accepting connections and waits for requests to finish. Aborts those that exceed the time limit. */
export async function drain(server: Server, { delaySeconds, maxSeconds }: DrainOptions): Promise<void> {
  await sleep(delaySeconds * 1_000);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Close keep-alive connections as they become idle, because they would keep the server open.
  const sweep = setInterval(() => server.closeIdleConnections(), DRAIN_SWEEP_MS);
  const limit = setTimeout(() => server.closeAllConnections(), maxSeconds * 1_000);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}
