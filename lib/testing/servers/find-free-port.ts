import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that systems give to outgoing connections: from 32768 on Linux, from 49152 elsewhere. */
const PORTS = { from: 20_000, to: 32_000 };

/**
 * Finds a port of the loopback interface that nobody listens on. The system never picks it for a connection or for a server
 * on port 0, so it usually stays free until the caller listens on it.
 */
export async function findFreePort(): Promise<number> {
  const port = randomInt(PORTS.from, PORTS.to);
  return (await isFree(port)) ? port : findFreePort();
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  const free = await once(probe, 'listening').then(
    () => true,
    () => false,
  );
  if (!free) return false;
  probe.close();
  await once(probe, 'close');
  return true;
}
