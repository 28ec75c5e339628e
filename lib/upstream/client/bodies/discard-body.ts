import type { IncomingMessage } from 'node:http';

const MAX_BYTES = 64 * 1024;
const MAX_MS = 2_000;

/** Drains a short body so that its connection can be reused. Closes the connection of a long one. */
export function discardBody(response: IncomingMessage): void {
  const timer = setTimeout(() => response.destroy(), MAX_MS);
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) response.destroy();
  });
  response.once('close', () => clearTimeout(timer));
}
