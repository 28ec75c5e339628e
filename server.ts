// Starts the App and the HTTP server, dispatches requests to the edges and shuts down gracefully.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isPrivateRequest, type ListenerName } from '#lib/platform/http/listeners.ts';
import { shareApp, type App } from '#lib/app.ts';
import { createApp, type AppHooks } from '#lib/create-app.ts';
import { openListeners } from '#lib/open-listeners.ts';
import { toAppError } from '#lib/platform/errors.ts';
import type { Config } from '#lib/config.ts';
import { answerPages } from '#lib/platform/http/pages/answer-page.ts';
import { forwardPages } from '#lib/platform/http/pages/forward-pages.ts';
import type { PageHandler } from '#lib/platform/http/pages/queue-pages.ts';
import { createHealthProbe, type HealthCheck, type ProcessState } from '#lib/platform/http/health.ts';
import { describeSeenRequest } from '#lib/platform/http/seen-request.ts';
import { readPageRoutes } from '#lib/platform/http/pages/page-routes.ts';
import { refuseRequest } from '#lib/platform/http/refuse-request.ts';
import { answerText, readRequestId, stampRequest } from '#lib/platform/http/requests.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Siblings } from '#lib/platform/processes/siblings.ts';
import { handleMetricsRequest } from '#lib/platform/metrics/handle-metrics-request.ts';
import type { Edge } from '#lib/platform/metrics/request-metrics.ts';
import { openLocalOrUpstream } from '#lib/distribution/pull/mirrored/pull-mirrored-blob.ts';
import { serveFlights, type FlightWork } from '#lib/upstream/pull-through/flight-owners.ts';
import { refreshOwnedList } from '#lib/upstream/pull-through/refresh-owned-list.ts';
import { refreshManifest } from '#lib/upstream/pull-through/refresh-manifest.ts';
import { handleDistributionRequest } from '#lib/distribution/http/handle-distribution-request.ts';
import { sendStalled } from '#lib/distribution/http/send-error.ts';
import { handleAwsRequest, isAwsRequest } from '#lib/api/aws/http/handle-aws-request.ts';
import { answerRefusedPage, API_PATH } from '#lib/api/answer-refused-page.ts';
import { shareMetrics } from '#lib/share-metrics.ts';
import { startWorker } from '#lib/worker.ts';
import { ping } from '#lib/platform/pg/ping.sql.ts';

export type RunningServer = {
  app: App;
  url: string;
  /** Drains and stops the server. `delaySeconds` overrides the configured drain delay. */
  stop: (options?: { delaySeconds?: number }) => Promise<void>;
};

/** One year, without subdomains, which may be other sites. */
const STRICT_TRANSPORT = 'max-age=31536000';
const OPERATOR_PATH = /^\/(?:startupz|livez|readyz|metrics)(?:\?|$)/;
const DISTRIBUTION_PATH = /^\/(?:v2|token|v1\/(?:search|_ping))(?:[/?]|$)/;

/** `allStarted` resolves once the other processes of the machine are ready too. */
export type ServerHooks = AppHooks & { allStarted?: Promise<void> };

export async function startServer(config: Config, log: Log, hooks: ServerHooks = {}): Promise<RunningServer> {
  const { step = (_name, work) => work(), siblings = null, allStarted } = hooks;
  const app = await createApp(config, log, hooks);
  shareApp(app);
  try {
    const isWeb = config.role !== 'worker';
    const openPages = () => openPageEdge(app, siblings);
    const pages = isWeb && !siblings ? await step('web pages', openPages) : await openPages();
    const state: ProcessState = { isStarted: false, isDraining: false };
    const flights = siblings && (await serveFlights(siblings.part.ownSocket, flightWork(app), app.log));
    const attach = createHandlers(app, state, pages, siblings);
    const listeners = await openListeners(app, { attach, answerStalled });
    // With page processes, the leader among them runs the jobs.
    const stopWorker = (siblings ?? config.role === 'web') ? null : await startWorker(app);
    if (allStarted) void allStarted.then(() => (state.isStarted = true));
    else state.isStarted = true;
    const stop = async (options: { delaySeconds?: number } = {}) => {
      state.isDraining = true;
      const limits = { ...config.drain, ...options };
      const endMs = performance.now() + (limits.delaySeconds + limits.maxSeconds) * 1_000;
      const [, work] = await Promise.allSettled([listeners.drain(limits), stopWorker?.()]);
      // Keep shutting down, because transfers may still be draining.
      if (work.status === 'rejected')
        app.log.error({ err: work.reason as unknown }, 'background jobs failed to stop cleanly');
      await pages.close();
      await flights?.close({ maxSeconds: Math.max(0, endMs - performance.now()) / 1_000 });
      await app.close();
    };
    return { app, url: config.publicUrl, stop };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Returns what adds the handlers of every edge to the server of a listener. */
function createHandlers(app: App, state: ProcessState, pages: PageEdge, siblings: Siblings | null) {
  const checks: HealthCheck[] = [
    { name: 'database', check: () => ping(app.pool) },
    { name: 'blob store', check: () => Promise.all([app.volume.requireReadable(), app.volume.requireSite()]) },
    // Only warnings, because pulls still work.
    { name: 'pushes', check: () => app.volume.requireWritable(), isWarning: true },
    { name: 'keys', check: () => app.sealingKeys.check(), isWarning: true },
  ];
  const handleHealth = createHealthProbe(checks, (req) => {
    const seen = describeSeenRequest(req, app.authKeys.doctor);
    return seen && JSON.stringify(seen);
  });
  if (pages.check) checks.push({ name: 'pages', check: pages.check, isWarning: true });
  const metrics = shareMetrics(app, siblings);
  app.requests.findRoute = createRouteFinder(app);
  const answerOther: PageHandler = async (req, res) => {
    const requestId = readRequestId(req);
    res.setHeader('X-Request-Id', requestId);
    const refusal = refuseRequest(req, app.config.publicUrl);
    if (refusal) return answerText(res, refusal.status, refusal.text);
    if (await handleHealth(req, res, state)) return;
    if (await handleMetricsRequest(req, res, { render: () => metrics.render(), token: app.config.metricsToken }))
      return;
    if (isPrivateRequest(req) && !API_PATH.test(req.url ?? '')) {
      return answerText(
        res,
        404,
        `This address serves the registry and the API. Pages are at ${app.config.publicUrl}.`,
      );
    }
    return pages.handle(req, res);
  };
  const isHttps = app.config.publicUrl.startsWith('https:');
  const answer = (req: IncomingMessage, res: ServerResponse, listener: ListenerName) => {
    stampRequest(req, app.config, listener);
    const edge = findEdge(app, req);
    app.requests.begin(res, edge);
    if (app.tracing) app.tracing.serve(req, edge, () => dispatch(req, res, edge));
    else dispatch(req, res, edge);
    app.requests.watch(res);
  };
  const dispatch = (req: IncomingMessage, res: ServerResponse, edge: Edge) => {
    if (isHttps) res.setHeader('Strict-Transport-Security', STRICT_TRANSPORT);
    // Send the client's next request to another replica.
    if (state.isDraining) res.setHeader('Connection', 'close');
    if (edge === 'registry') return void handleDistributionRequest(app, req, res);
    if (edge === 'aws') return void handleAwsRequest(app, req, res);
    answerOther(req, res).catch((thrown: unknown) => {
      const error = toAppError(thrown);
      if (answerRefusedPage(req, res, error)) return;
      app.log.error({ err: thrown, url: req.url, requestId: readRequestId(req) }, 'request failed');
      if (res.headersSent) res.destroy();
      else if (error.code === 'unavailable') answerText(res, 503, error.message);
      else answerText(res, 500, 'Internal server error.');
    });
  };
  return (server: Server, listener: ListenerName) => {
    server.on('request', (req, res) => answer(req, res, listener));
    // `Expect: 100-continue`: the distribution edge authorizes before it requests the body. Elsewhere bodies are small.
    server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
      if (!DISTRIBUTION_PATH.test(req.url ?? '')) res.writeContinue();
      answer(req, res, listener);
    });
  };
}

function answerStalled(req: IncomingMessage, res: ServerResponse): void {
  if (DISTRIBUTION_PATH.test(req.url ?? '')) sendStalled(req, res);
  else answerText(res, 408, 'Request timed out.');
}

function findEdge({ config }: App, req: IncomingMessage): Edge {
  const { url = '' } = req;
  if (config.role !== 'worker') {
    if (DISTRIBUTION_PATH.test(url)) return 'registry';
    if (isAwsRequest(req)) return 'aws';
  }
  if (OPERATOR_PATH.test(url)) return 'operator';
  return API_PATH.test(url) ? 'api' : 'pages';
}

/** Names what no handler has named: pages, which Next routes, and routes of the REST API, whose handlers Next calls. */
function createRouteFinder(app: App): (req: IncomingMessage) => string | null {
  const findPage = readPageRoutes(import.meta.dirname);
  return (req) => {
    const requestId = readRequestId(req);
    const named = app.routeNames.get(requestId);
    if (named !== undefined) app.routeNames.delete(requestId);
    const path = (req.url ?? '').split('?', 1)[0] ?? '';
    return named ?? (OPERATOR_PATH.test(path) ? path : findPage(path));
  };
}

function flightWork(app: App): FlightWork {
  return {
    open: async (wanted) => (await openLocalOrUpstream(app, wanted)).blob,
    refresh: (wanted) => refreshManifest(app, wanted),
    list: (wanted) => refreshOwnedList(app, wanted),
  };
}

/** What answers requests for pages: this process, page processes, or nobody where only jobs run. */
type PageEdge = { handle: PageHandler; check?: () => Promise<void>; close: () => unknown };

async function openPageEdge(app: App, siblings: Siblings | null): Promise<PageEdge> {
  if (app.config.role === 'worker') return { handle: answerNotFound, close: () => undefined };
  if (siblings) {
    return forwardPages({ siblings, onRoute: (requestId, route) => app.routeNames.set(requestId, route) });
  }
  const { loadPages } = await import('./load-pages.ts');
  const pages = await loadPages(app.config);
  return { ...pages, handle: answerPages(app, pages.handle) };
}

const answerNotFound: PageHandler = (_req, res) => {
  answerText(res, 404, 'This process only runs background jobs.');
  return Promise.resolve();
};
