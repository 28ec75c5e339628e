// An HTTP server that closes stalled connections (slowloris) but gives slow clients that make progress unlimited time.
// A push over a slow line may take hours.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { lingerAfterAnswer, type LingerLimits } from './linger.ts';

export type ConnectionLimits = LingerLimits & {
  /** The time to send all headers of a request, counted from connecting for the first one. */
  headersMs: number;
  /** The idle time between requests. Longer than that of common load balancers, so that they close first. */
  keepAliveMs: number;
  /** In this time a body must deliver `stallBytes`, and the client must read some of the response. */
  stallMs: number;
  stallBytes: number;
  /** The polling interval. */
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

/** The largest /v2 token has 22 KB. */
const MAX_HEADER_BYTES = 32 * 1024;

/** Answers 408 to a request with a stalled body. The connection is closed afterwards. */
export type AnswerStalled = (req: IncomingMessage, res: ServerResponse) => void;

/** Creates the server. Callers must handle `checkContinue` as well as `request`, because the server listens to both. */
export function createLimitedServer(answerStalled: AnswerStalled, limits = CONNECTION_LIMITS): Server {
  return limit(createServer(serverOptions(limits)), answerStalled, limits);
}

/** Like createLimitedServer, for TLS. Handshakes fail until `setSecureContext` has been called. */
export function createLimitedTlsServer(answerStalled: AnswerStalled, limits = CONNECTION_LIMITS): TlsServer {
  const options = { ...serverOptions(limits), handshakeTimeout: limits.headersMs, minVersion: 'TLSv1.2' } as const;
  return limit(createTlsServer(options), answerStalled, limits);
}

function serverOptions(limits: ConnectionLimits) {
  return {
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: limits.checkMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    // A limit for the whole request would abort slow pushes.
    requestTimeout: 0,
    // Next takes upgrades of every path once it runs, and drops those that it doesn't know. Java's HttpClient asks for
    // h2c with each request over plain HTTP, and expects the usual answer if the server doesn't switch.
    shouldUpgradeCallback: ({ url }: IncomingMessage) => url?.startsWith('/_next/') ?? false,
  };
}

function limit<Limited extends Server | TlsServer>(
  server: Limited,
  answerStalled: AnswerStalled,
  limits: ConnectionLimits,
): Limited {
  const bodies = new BodyWatch(limits, answerStalled);
  const latest = new WeakMap<Socket, ServerResponse>();
  const watch = (req: IncomingMessage, res: ServerResponse) => {
    latest.set(req.socket, res);
    if (!hasBody(req)) return;
    bodies.watch(req, res);
    lingerAfterAnswer(req, res, limits);
  };
  server.on('request', watch).on('checkContinue', watch);
  // Fires when no byte moves in either direction. Node counts progress within a large write.
  server.setTimeout(limits.stallMs, (socket) => {
    const res = latest.get(socket);
    if (!res) return;
    const isIdle = res.req.complete && (res.writableFinished || res.destroyed);
    const isUnread = socket.writableLength > 0;
    // Otherwise the handler is slow, or BodyWatch is responsible.
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
    // Cap the elapsed time, so that a paused process or machine doesn't count as a slow client.
    const passedMs = Math.min(performance.now() - this.#checkedAtMs, 2 * this.#limits.checkMs);
    this.#checkedAtMs = performance.now();
    for (const body of this.#bodies) {
      if (body.req.complete || body.req.destroyed) this.#bodies.delete(body);
      else if (this.#isStalled(body, passedMs)) this.#end(body);
    }
  }

  #isStalled(body: WatchedBody, passedMs: number): boolean {
    const { req } = body;
    // With a full buffer, the handler is slow rather than the client.
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
    // Abort the request for its handler once the response is sent.
    res.once('finish', () => req.destroy());
    this.#answerStalled(req, res);
  }
}
