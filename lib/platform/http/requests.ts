// Helpers for requests and responses that all edges share.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { ListenerName } from './listeners.ts';

/** Sets the trusted request headers, overwriting whatever the client sent. */
export function stampRequest(
  req: IncomingMessage,
  { proxyCount, privateListener }: { proxyCount: number; privateListener?: { proxyCount: number } | null },
  listener: ListenerName = 'public',
): void {
  const proxies = listener === 'private' && privateListener ? privateListener.proxyCount : proxyCount;
  req.headers['x-request-id'] = randomUUID();
  req.headers['x-client-address'] = findClientAddress(req, proxies);
  req.headers['x-listener'] = listener;
}

export function readRequestId(req: IncomingMessage): string {
  return String(req.headers['x-request-id']);
}

/** Reads X-Forwarded-For. Each trusted proxy appends one entry, so only the last `proxyCount` entries are trustworthy. */
export function findClientAddress(req: IncomingMessage, proxyCount: number): string {
  const own = req.socket.remoteAddress ?? '';
  if (proxyCount === 0) return own;
  const address =
    String(req.headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-proxyCount)
      ?.trim() ?? '';
  return isIP(address) ? address : own;
}

export function readClientAddress(req: IncomingMessage): string | null {
  const stamped = req.headers['x-client-address'];
  return typeof stamped === 'string' && stamped ? stamped : (req.socket.remoteAddress ?? null);
}

/** Returns false for malformed percent-escapes, which Next answers with 500. */
export function isDecodable(url: string): boolean {
  try {
    decodeURI(url);
    return true;
  } catch {
    return false;
  }
}

export function answerText(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
