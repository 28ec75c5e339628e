// A process that renders pages and answers the REST API for the servers of its machine, which pass requests on over a Unix
// socket. The leader among them also runs the background jobs.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { shareApp, type App } from '#lib/app.ts';
import { answerRefusedPage } from '#lib/api/answer-refused-page.ts';
import type { Config } from '#lib/config.ts';
import { createApp, type AppHooks } from '#lib/create-app.ts';
import { toAppError } from '#lib/platform/errors.ts';
import { drain } from '#lib/platform/http/listen.ts';
import { answerPages } from '#lib/platform/http/pages/answer-page.ts';
import { INTERNAL } from '#lib/platform/http/pages/forward-pages.ts';
import type { PageHandler } from '#lib/platform/http/pages/queue-pages.ts';
import { answerText, readRequestId } from '#lib/platform/http/requests.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Siblings } from '#lib/platform/processes/siblings.ts';
import { shareMetrics } from '#lib/share-metrics.ts';
import { startWorker } from '#lib/worker.ts';
import { loadPages } from './load-pages.ts';
import type { RunningServer } from './server.ts';

/** As large as the server's, which has added some of its own. */
const MAX_HEADER_BYTES = 48 * 1024;

export async function startPageServer(
  config: Config,
  log: Log,
  { siblings, ...hooks }: AppHooks & { siblings: Siblings },
): Promise<RunningServer> {
  const app = await createApp(config, log, { ...hooks, siblings });
  shareApp(app);
  try {
    shareMetrics(app, siblings);
    const pages = await loadPages(config);
    const server = createSocketServer(app, siblings, answerPages(app, pages.handle));
    server.listen(siblings.part.ownSocket);
    await once(server, 'listening');
    const stopWorker = siblings.part.isLeader && config.role === 'all' ? await startWorker(app) : null;
    const stop = async () => {
      await Promise.allSettled([
        drain(server, { delaySeconds: 0, maxSeconds: config.drain.maxSeconds }),
        stopWorker?.(),
      ]);
      await pages.close();
      await app.close();
    };
    return { app, url: config.publicUrl, stop };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** The servers have checked and stamped each request, and limit its time. */
function createSocketServer(app: App, siblings: Siblings, handlePage: PageHandler): Server {
  const answer = (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === '/livez' && req.headers[INTERNAL.turn] === undefined) return answerText(res, 200, 'ok');
    siblings.noteTurn(Number(req.headers[INTERNAL.turn]));
    nameRouteInHead(app, req, res);
    const handle = () => void handlePage(req, res).catch((thrown: unknown) => fail(app, req, res, thrown));
    if (app.tracing) app.tracing.serve(req, 'pages', handle);
    else handle();
  };
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 0, headersTimeout: 0 }, answer);
  // The servers keep their connections for as long as they like, so that none closes while a request is sent.
  server.keepAliveTimeout = 0;
  return server;
}

/** Tells the server which route of the REST API a request is counted under. */
function nameRouteInHead(app: App, req: IncomingMessage, res: ServerResponse): void {
  const writeHead = res.writeHead.bind(res);
  Object.assign(res, {
    writeHead: (...args: unknown[]) => {
      const route = app.routeNames.get(readRequestId(req));
      if (route !== undefined) res.setHeader(INTERNAL.route, route);
      return Reflect.apply(writeHead, res, args) as ServerResponse;
    },
  });
}

function fail(app: App, req: IncomingMessage, res: ServerResponse, thrown: unknown): void {
  if (answerRefusedPage(req, res, toAppError(thrown))) return;
  app.log.error({ err: thrown, url: req.url, requestId: readRequestId(req) }, 'request failed');
  if (res.headersSent) res.destroy();
  else answerText(res, 500, 'Internal server error.');
}
