// Discards the body of a request answered before the body was read, for example with 401 or 413.
// An unread body would block the connection and all requests that share it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type LingerLimits = {
  /** How long to keep discarding an unread body. */
  lingerMs: number;
  /** How many bytes to discard at most. */
  lingerBytes: number;
};

/**
 * Discards the rest of the body after the response, within `limits`, then destroys the connection. A client that reads
 * the response only after sending everything still receives it. If the body ends in time, the connection can be reused.
 */
export function lingerAfterAnswer(req: IncomingMessage, res: ServerResponse, limits: LingerLimits): void {
  if (mayExceed(req, limits.lingerBytes)) announceClose(req, res);
  // Keep a reference, because the request loses its socket when a reader aborts.
  const { socket } = req;
  // Run before Node's own listener, which may close the connection.
  res.prependOnceListener('finish', () => {
    if (!req.complete && !socket.destroyed) discardRest(req, socket, limits);
  });
}

function mayExceed({ headers }: IncomingMessage, maxBytes: number): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > maxBytes;
}

function announceClose(req: IncomingMessage, res: ServerResponse): void {
  const writeHead = res.writeHead.bind(res);
  Object.assign(res, {
    writeHead: (...args: unknown[]) => {
      if (!req.complete) res.setHeader('Connection', 'close');
      return Reflect.apply(writeHead, res, args) as ServerResponse;
    },
  });
}

function discardRest(req: IncomingMessage, socket: Socket, { lingerMs, lingerBytes }: LingerLimits): void {
  let leftBytes = lingerBytes;
  let isClosing = false;
  const settle = () => {
    clearTimeout(timer);
    socket.off('close', settle);
    Reflect.deleteProperty(socket, 'destroySoon');
    if (!req.complete) socket.destroy();
    else if (isClosing) socket.destroySoon();
  };
  const timer = setTimeout(settle, lingerMs);
  socket.on('close', settle);
  // Destroying a connection with unread bytes resets it, and the client may lose the response. Close only our half (RFC 9112 §9.6).
  socket.destroySoon = () => {
    isClosing = true;
    socket.end();
  };
  // Start reading. Otherwise Node discards the body before it is counted here.
  req.read(0);
  // Intercept Node's parser, because the stream may be destroyed or have stalled readers.
  const push = req.push.bind(req);
  req.push = (chunk: Buffer | null) => {
    if (chunk === null) {
      settle();
      req.resume();
      return push(null);
    }
    leftBytes -= chunk.length;
    if (leftBytes < 0) settle();
    return true;
  };
  socket.resume();
}
