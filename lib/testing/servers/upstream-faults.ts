// Faults that an upstream can inject, and how responses are sent with them.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { reply, type Reply } from './upstream-content.ts';

/** Faults combine where that makes sense. */
export type Faults = {
  /** Closes the connection without a response. */
  hangsUp?: true;
  /** Delays the headers. */
  delayMs?: number;
  /** Responds with this status. Below 300 the content stays. */
  status?: number;
  /** Any URL: a private address, another domain, the same request, or `http:` from `https:`. */
  redirectTo?: string;
  /** Overrides headers. Null removes one, such as `Docker-Content-Digest` from a HEAD. */
  headers?: Record<string, string | null>;
  /** Replaces the body but keeps the digest headers. */
  body?: Buffer | string;
  /** Flips one byte of the body. */
  corrupts?: true;
  /** Sends a wrong Content-Length. */
  contentLength?: number;
  /** Omits Content-Length. */
  isChunked?: true;
  /** Ignores Range and sends everything. */
  ignoresRange?: true;
  /** Destroys the socket after this many bytes of the body. */
  cutAfterBytes?: number;
  /** Stops after this many bytes of the body, but keeps the connection open. */
  stallAfterBytes?: number;
  /** Sends the body in small chunks with pauses. */
  trickle?: { bytes: number; everyMs: number };
};

/** Returns the response that replaces the content, or null when the faults don't replace it. */
export function replyOfFaults({ status, redirectTo }: Faults): Reply | null {
  if (redirectTo !== undefined) return reply(status ?? 307, 'text/plain', '', { location: redirectTo });
  if (status === undefined || status < 300) return null;
  return reply(
    status,
    'application/json',
    JSON.stringify({ errors: [{ code: 'UNKNOWN', message: 'injected fault' }] }),
  );
}

export function spoil({ status, headers, body }: Reply, faults: Faults): Reply {
  const bytes = Buffer.from(faults.body ?? body);
  if (faults.corrupts && bytes.length > 0) bytes[0] = (bytes[0] ?? 0) ^ 0xff;
  const all: Record<string, string | null> = {
    ...headers,
    'content-length': String(faults.contentLength ?? bytes.length),
  };
  if (faults.isChunked) all['content-length'] = null;
  for (const [name, value] of Object.entries(faults.headers ?? {})) all[name.toLowerCase()] = value;
  const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
  return { status: faults.status ?? status, headers: sent, body: bytes };
}

/** @param onSent receives the number of body bytes as they are sent */
export async function sendReply(
  res: ServerResponse,
  { status, headers, body }: Reply,
  faults: Faults,
  onSent: (bytes: number) => void,
): Promise<void> {
  res.writeHead(status, headers);
  if (res.req.method === 'HEAD' || status === 304) return void res.end();
  const end = Math.min(faults.cutAfterBytes ?? body.length, faults.stallAfterBytes ?? body.length);
  const pieceBytes = faults.trickle?.bytes ?? 64 * 1024;
  res.flushHeaders();
  for (let at = 0; at < end && !res.destroyed; at += pieceBytes) {
    if (faults.trickle && at > 0) await sleep(faults.trickle.everyMs);
    const piece = body.subarray(at, Math.min(end, at + pieceBytes));
    const isRoomLeft = res.write(piece);
    onSent(piece.length);
    if (!isRoomLeft) await drained(res);
  }
  if (faults.cutAfterBytes !== undefined) res.write('', () => res.destroy());
  else if (faults.stallAfterBytes === undefined) res.end();
}

/** Resolves when the socket has drained or closed. */
function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
    if (res.destroyed) done();
  });
}
