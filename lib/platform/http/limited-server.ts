// An HTTP server that nobody can hold up by being slow, and that lets whoever is slow but alive take all the time they need:
// a push over a thin line goes on for hours.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { lingerAfterAnswer, type LingerLimits } from './linger.ts';

export type ConnectionLimits = LingerLimits & {
  /** For the whole head of a request, and for a new connection to send one. */
  headersMs: number;
  /** For a connection between two requests: longer than load balancers in front have theirs, so that they close first. */
  keepAliveMs: number;
  /** A body brings `stallBytes` in this time, and a client takes some of what is sent to it. */
  stallMs: number;
  stallBytes: number;
  /** How often is looked. */
  checkMs: number;
};

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersMs: 60_000,
  keepAliveMs: 75_000,
  stallMs: 120_000,
  stallBytes: 1024,
  checkMs: 5_000,
  lingerMs: 5_000,
  lingerBytes: 64 * 1024 * 1024,
};

/** A /v2 token for as many repositories as there may be in one has 22 KB. */
const MAX_HEADER_BYTES = 32 * 1024;

/** Answers 408 to a request whose body has come to a halt; the connection is closed after it. */
type AnswerStalled = (req: IncomingMessage, res: ServerResponse) => void;

/** Whoever makes one listens to `checkContinue` beside `request`: Node tells no client by itself to go on. */
export function createLimitedServer(answerStalled: AnswerStalled, limits = CONNECTION_LIMITS): Server {
  const bodies = new BodyWatch(limits, answerStalled);
  const latest = new WeakMap<Socket, ServerResponse>();
  const server = createServer({
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: limits.checkMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    // A limit for the whole request would end slow pushes.
    requestTimeout: 0,
  });
  const watch = (req: IncomingMessage, res: ServerResponse) => {
    latest.set(req.socket, res);
    if (!hasBody(req)) return;
    bodies.watch(req, res);
    lingerAfterAnswer(req, res, limits);
  };
  server.on('request', watch).on('checkContinue', watch);
  // Without a byte in either direction. Node sees a large write advance, too.
  server.setTimeout(limits.stallMs, (socket) => {
    const res = latest.get(socket);
    if (!res) return;
    const isIdle = res.req.complete && (res.writableFinished || res.destroyed);
    const isUnread = socket.writableLength > 0;
    // Otherwise we are the ones who take long, or it is a body's turn.
    if (isIdle || isUnread) socket.destroy();
  });
  const timer = setInterval(() => bodies.check(), limits.checkMs).unref();
  server.on('close', () => clearInterval(timer));
  return server;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

type WatchedBody = { req: IncomingMessage; res: ServerResponse; socketBytes: number; stalledMs: number };

class BodyWatch {
  readonly #limits: ConnectionLimits;
  readonly #answerStalled: AnswerStalled;
  readonly #bodies = new Set<WatchedBody>();
  #checkedAtMs = performance.now();

  constructor(limits: ConnectionLimits, answerStalled: AnswerStalled) {
    this.#limits = limits;
    this.#answerStalled = answerStalled;
  }

  watch(req: IncomingMessage, res: ServerResponse): void {
    this.#bodies.add({ req, res, socketBytes: req.socket.bytesRead, stalledMs: 0 });
  }

  check(): void {
    // When this process stood still, or the machine slept, no client was slow.
    const passedMs = Math.min(performance.now() - this.#checkedAtMs, 2 * this.#limits.checkMs);
    this.#checkedAtMs = performance.now();
    for (const body of this.#bodies) {
      if (body.req.complete || body.req.destroyed) this.#bodies.delete(body);
      else if (this.#isStalled(body, passedMs)) this.#end(body);
    }
  }

  #isStalled(body: WatchedBody, passedMs: number): boolean {
    const { req } = body;
    // A full buffer: it is we who don't read on.
    const isHeldBack = req.readableLength >= req.readableHighWaterMark;
    if (isHeldBack || req.socket.bytesRead - body.socketBytes >= this.#limits.stallBytes) {
      body.socketBytes = req.socket.bytesRead;
      body.stalledMs = 0;
      return false;
    }
    body.stalledMs += passedMs;
    return body.stalledMs >= this.#limits.stallMs;
  }

  #end(body: WatchedBody): void {
    this.#bodies.delete(body);
    const { req, res } = body;
    if (res.headersSent) {
      req.destroy();
      return;
    }
    res.setHeader('Connection', 'close');
    // The request ends for its handler when the answer is on its way.
    res.once('finish', () => req.destroy());
    this.#answerStalled(req, res);
  }
}
