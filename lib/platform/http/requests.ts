// What every edge needs of a request before it looks at it, and the plainest of answers.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the edges may trust: set here, whatever the client sent under these names. */
export function stampRequest(req: IncomingMessage, res: ServerResponse): void {
  const requestId = randomUUID();
  req.headers['x-request-id'] = requestId;
  req.headers['x-client-address'] = req.socket.remoteAddress ?? '';
  res.setHeader('X-Request-Id', requestId);
}

/** False for malformed percent-escapes, which Next would answer with 500. */
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
