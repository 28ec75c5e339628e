// Passes requests for pages and the REST API on to page processes, so that rendering never delays a pull.
import { Agent, request, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { readClientAddress, readRequestId } from '#lib/platform/http/requests.ts';
import type { Siblings } from '#lib/platform/processes/siblings.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { PageHandler } from './queue-pages.ts';

/** Of one server to one page process. Requests beyond these are refused. */
const MAX_IN_FLIGHT = 500;
const RETRY_SECONDS = 5;
const CHECK_TIMEOUT_MS = 1_500;

/** Trusted on a page process's socket only, whose folder nobody else may enter. */
export const INTERNAL = { turn: 'x-vitrine-turn', route: 'x-vitrine-route' } as const;

/** Headers of one connection. https://www.rfc-editor.org/rfc/rfc9110#name-connection */
const OF_CONNECTION = ['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'expect', 'transfer-encoding'];

type ForwardOptions = {
  siblings: Siblings;
  /** Called with the route template under which a page process counts a request. */
  onRoute: (requestId: string, route: string) => void;
};

type PageProcess = { socketPath: string; agent: Agent; inFlight: number };

export type PageForwarder = {
  handle: PageHandler;
  /** Rejects with `unavailable` while a page process doesn't answer. */
  check: () => Promise<void>;
  close: () => void;
};

/** Its handler throws AppError `unavailable` while no page process can answer, and `rate_limited` while all have too much to do. */
export function forwardPages({ siblings, onRoute }: ForwardOptions): PageForwarder {
  const processes = siblings.part.pageSockets.map((socketPath): PageProcess => {
    return { socketPath, agent: new Agent({ keepAlive: true }), inFlight: 0 };
  });
  const handle: PageHandler = (req, res) => {
    const page = processes.reduce((least, one) => (one.inFlight < least.inFlight ? one : least));
    if (req.socket.destroyed) return Promise.resolve();
    if (page.inFlight >= MAX_IN_FLIGHT) return Promise.reject(tooMany());
    page.inFlight += 1;
    return forward(page, req, res, siblings.lastTurn, onRoute).finally(() => (page.inFlight -= 1));
  };
  return {
    handle,
    check: async () => void (await Promise.all(processes.map(checkPages))),
    close: () => processes.forEach(({ agent }) => agent.destroy()),
  };
}

/** Resolves once the response is complete, or its client or the page process is gone. */
function forward(
  { socketPath, agent }: PageProcess,
  req: IncomingMessage,
  res: ServerResponse,
  turn: number,
  onRoute: ForwardOptions['onRoute'],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { ...copyHeaders(req), [INTERNAL.turn]: turn };
    const sent = request({ socketPath, agent, method: req.method, path: req.url, headers });
    sent.on('response', (answer) => {
      if (res.headersSent || res.destroyed || req.socket.destroyed) return void answer.destroy();
      const { [INTERNAL.route]: route, ...others } = answer.headers;
      if (typeof route === 'string') onRoute(readRequestId(req), route);
      for (const name of OF_CONNECTION) Reflect.deleteProperty(others, name);
      res.writeHead(answer.statusCode ?? 502, others);
      // The first event of a stream may take long.
      if (others['content-length'] === undefined) res.flushHeaders();
      answer.on('error', () => res.destroy());
      answer.pipe(res);
    });
    sent.on('error', () => {
      // Without the end of the body, the client must not take the page for whole.
      if (res.headersSent) res.destroy();
      else reject(notNow());
    });
    sendBody(req, sent);
    const settle = () => {
      req.socket.off('close', settle);
      if (!res.writableFinished || !sent.writableFinished) {
        // Neither connection can carry another request before the rest of the body is out of the way.
        req.unpipe(sent).resume();
        sent.destroy();
      }
      resolve();
    };
    res.on('close', settle);
    // When a connection is lost, Node before 24 closes the response that is being sent, but no pipelined one behind it.
    req.socket.setMaxListeners(0).on('close', settle);
  });
}

function tooMany(): AppError {
  const sentence = 'Too many requests are waiting. Try again in a few seconds.';
  return new AppError('rate_limited', sentence, { retryAfterSeconds: RETRY_SECONDS });
}

function notNow(): AppError {
  const sentence = 'The processes that serve pages are starting again. Try again in a few seconds.';
  return new AppError('unavailable', sentence, { retryAfterSeconds: RETRY_SECONDS });
}

function sendBody(req: IncomingMessage, sent: ClientRequest): void {
  req.pipe(sent);
  req.on('close', () => {
    if (!req.complete) sent.destroy();
  });
}

function copyHeaders(req: IncomingMessage): Record<string, string | string[] | number | undefined> {
  const headers: Record<string, string | string[] | undefined> = { ...req.headers };
  const isChunked = headers['transfer-encoding'] !== undefined;
  for (const name of OF_CONNECTION) Reflect.deleteProperty(headers, name);
  for (const name of Object.values(INTERNAL)) Reflect.deleteProperty(headers, name);
  // Next adds the peer's address, which a socket file doesn't have.
  headers['x-forwarded-for'] ??= readClientAddress(req) ?? undefined;
  return isChunked ? { ...headers, 'transfer-encoding': 'chunked' } : headers;
}

function checkPages({ socketPath }: PageProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new AppError('unavailable', 'page processes are starting again, see the log'));
    const asked = request({ socketPath, path: '/livez', timeout: CHECK_TIMEOUT_MS, agent: false });
    asked.on('response', (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve();
      else fail();
    });
    asked.on('timeout', () => asked.destroy(new Error('timed out')));
    asked.on('error', fail);
    asked.end();
  });
}
