// config → createApp → HTTP server → dispatch between the edges → graceful shutdown.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { shareApp, type App } from '#lib/app.ts';
import { createApp, type Step } from '#lib/create-app.ts';
import { shareWithNextAuth, type Config } from '#lib/platform/config.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { ensureWritableFolder } from '#lib/platform/files.ts';
import { handleHealthRequest } from '#lib/platform/http/health.ts';
import type { Log } from '#lib/platform/log.ts';
import { handleRegistryRequest } from '#lib/registry/http/handle-registry-request.ts';
import { startWorker } from '#lib/worker.ts';

export type RunningServer = { app: App; url: string; stop: () => Promise<void> };
type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** How long requests that are under way may go on once the server is told to stop. */
const DRAIN_TIMEOUT_MS = 20_000;
const DRAIN_SWEEP_MS = 100;
const KEEP_ALIVE_MS = 75_000;
const REGISTRY_PATH = /^\/(?:v2|token)(?:[/?]|$)/;

export async function startServer(
  config: Config,
  log: Log,
  step: Step = (_name, work) => work(),
): Promise<RunningServer> {
  const app = await createApp(config, log, step);
  shareApp(app);
  try {
    const isWeb = config.role !== 'worker';
    const pages = isWeb ? await step('web pages', () => preparePages(config)) : null;
    const state = { isDraining: false };
    const server = createHttpServer(app, state, pages?.handle ?? answerNotFound);
    await listen(server, config);
    const stopWorker = config.role === 'web' ? null : await startWorker(app);
    const stop = async () => {
      state.isDraining = true;
      await drain(server);
      await stopWorker?.();
      await pages?.close();
      await app.close();
    };
    return { app, url: config.publicUrl, stop };
  } catch (error) {
    await app.close();
    throw error;
  }
}

function createHttpServer(app: App, state: { isDraining: boolean }, handlePage: Handler): Server {
  const checks = [
    { name: 'database', check: () => app.pool.query('SELECT 1') },
    { name: 'DATA_DIR', check: () => Promise.resolve(ensureWritableFolder(app.config.dataDir, 'DATA_DIR')) },
  ];
  const dispatch: Handler = async (req, res) => {
    stampRequest(req, res);
    if (await handleHealthRequest(req, res, { checks, isDraining: state.isDraining })) return;
    if (app.config.role !== 'worker' && REGISTRY_PATH.test(req.url ?? '')) return handleRegistryRequest(app, req, res);
    if (!isDecodable(req.url ?? '')) return answerText(res, 400, 'The address has a malformed percent-escape.');
    return handlePage(req, res);
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (req, res) => {
    dispatch(req, res).catch((error: unknown) => {
      app.log.error({ err: error, url: req.url, requestId: req.headers['x-request-id'] }, 'request failed');
      if (res.headersSent) res.destroy();
      else answerText(res, 500, 'Something went wrong on our side.');
    });
  });
  return server;
}

/** Next's own environment is process.env, so it is loaded only once that is set. */
async function preparePages(config: Config): Promise<{ handle: Handler; close: () => Promise<void> }> {
  shareWithNextAuth(config);
  const { default: next } = await import('next');
  const pages = next({ dev: config.isDevelopment, dir: import.meta.dirname, hostname: config.host, port: config.port });
  await pages.prepare();
  return { handle: pages.getRequestHandler(), close: () => pages.close() };
}

/** What the edges may trust: set here, whatever the client sent under these names. */
function stampRequest(req: IncomingMessage, res: ServerResponse): void {
  const requestId = randomUUID();
  req.headers['x-request-id'] = requestId;
  req.headers['x-client-address'] = req.socket.remoteAddress ?? '';
  res.setHeader('X-Request-Id', requestId);
}

async function listen(server: Server, { host, port }: Config): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${port} on ${host} is taken by another program: stop it, or set PORT to another port.`,
      EACCES: `This user may not listen on port ${port}: set PORT to 1024 or above.`,
      EADDRNOTAVAIL: `This machine has no address ${host}: set HOST to one it has.`,
    };
    throw new AppError('unavailable', reasons[errorCode(cause) ?? ''] ?? `Can't listen on ${host}:${port}.`, { cause });
  }
}

/** Takes no new connections and lets requests finish; what still runs after the time limit is cut. */
async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection counts as open until its client leaves: close each as it falls idle.
  const sweep = setInterval(() => server.closeIdleConnections(), DRAIN_SWEEP_MS);
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}

/** Next answers 500 to what it can't decode. */
function isDecodable(url: string): boolean {
  try {
    decodeURI(url);
    return true;
  } catch {
    return false;
  }
}

function answerText(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

const answerNotFound: Handler = (_req, res) => {
  answerText(res, 404, 'This process only does background work.');
  return Promise.resolve();
};
