// Everything that an upstream may do wrong, and how it is sent.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { reply, type Reply } from './upstream-content.ts';

/** Several at once are one after the other, as far as that makes sense. */
export type Faults = {
  /** Closes the connection instead of an answer. */
  hangsUp?: true;
  /** Waits before the headers. */
  delayMs?: number;
  /** Answers this instead: 401, 405, 429, 500 … Below 300 the content stays. */
  status?: number;
  /** Any address: a private one, another domain, this very request, `http:` from `https:`. */
  redirectTo?: string;
  /** Sets headers; null takes one away, as `Docker-Content-Digest` for a HEAD that does not tell. */
  headers?: Record<string, string | null>;
  /** Other content than there is. Digest headers stay as they were. */
  body?: Buffer | string;
  /** Changes one byte of the body. */
  corrupts?: true;
  /** A Content-Length that is not the body's. */
  contentLength?: number;
  /** No Content-Length at all. */
  isChunked?: true;
  /** Sends everything, whatever Range says. */
  ignoresRange?: true;
  /** Destroys the socket after so many bytes of the body. */
  cutAfterBytes?: number;
  /** Stops after so many bytes of the body, and keeps the connection. */
  stallAfterBytes?: number;
  /** Sends the body in small pieces with pauses between. */
  trickle?: { bytes: number; everyMs: number };
};

/** What is answered instead of what is there; null when that is not a matter of faults. */
export function replyOfFaults({ status, redirectTo }: Faults): Reply | null {
  if (redirectTo !== undefined) return reply(status ?? 307, 'text/plain', '', { location: redirectTo });
  if (status === undefined || status < 300) return null;
  return reply(status, 'application/json', JSON.stringify({ errors: [{ code: 'UNKNOWN', message: 'a fault' }] }));
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

/** @param onSent is told how many bytes of the body went out, as they do */
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

/** There is room for more, or nobody is left to send to. */
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
