// What happens to a request whose answer is out before its body was read: too large, not signed in, no such page. Left
// unread, it would hold its connection for good, and whoever shares that connection would wait behind it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type LingerLimits = {
  /** How much longer a client may take to send the rest of a body that nobody reads. */
  lingerMs: number;
  /** How much of it is read and thrown away. */
  lingerBytes: number;
};

/**
 * Once answered, discards what is left of the body within `limits`, then destroys the connection. A client that sends all
 * before it looks for an answer still finds one, and a body that ends in time leaves the connection fit for the next request.
 */
export function lingerAfterAnswer(req: IncomingMessage, res: ServerResponse, limits: LingerLimits): void {
  if (mayExceed(req, limits.lingerBytes)) announceClose(req, res);
  // The request loses it when a reader of the body gives up half-way.
  const { socket } = req;
  // Before Node's own listener, which closes the connection if the answer says so.
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
  // A connection that is destroyed with bytes unread is reset, and takes the answer with it: close our half only (RFC 9112 §9.6).
  socket.destroySoon = () => {
    isClosing = true;
    socket.end();
  };
  // Begun to be read, or Node would drop it before it is counted here, however much comes.
  req.read(0);
  // Where Node's parser puts the body. The stream itself may be destroyed by now, or have readers that don't go on.
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
