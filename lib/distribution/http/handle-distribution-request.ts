// The entry point of /v2 and /token, on raw node:http. Requests that memory can't answer all follow the same path:
// parse → authenticate → authorize → use case → present.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '#lib/platform/errors.ts';
import { FOREIGN_WRITE, isForeignWrite } from '#lib/platform/http/refuse-request.ts';
import { readRequestId } from '#lib/platform/http/requests.ts';
import { countAnswered, nameRoute } from '#lib/platform/metrics/request-metrics.ts';
import { authorizePull, authorizeWrite } from '#lib/distribution/authorization/authorize.ts';
import { notAuthenticated, type Credentials } from '#lib/distribution/authorization/credentials.ts';
import { namedImages, toNamedImage } from '#lib/distribution/authorization/named-images.ts';
import {
  authenticateDownload,
  requireSameRepository,
  type DownloadGrant,
} from '#lib/distribution/authorization/signed-download.ts';
import type { AskedUpload } from '#lib/distribution/authorization/find-standing.sql.ts';
import { MAX_WHOLE_BYTES } from '#lib/distribution/push/finish-upload.ts';
import { releaseLease, type UploadLease } from '#lib/distribution/push/upload-rows.sql.ts';
import { requireWritable } from '#lib/site/maintenance.ts';
import { authenticate } from './authenticate.ts';
import { toScope } from './challenge.ts';
import { isAllowedPreflight, preflightHeaders } from './cross-origin.ts';
import { findNamespace } from './find-namespace.ts';
import { recallAnswer, type KnownAnswer } from '#lib/distribution/hot-path/recall-answer.ts';
import { sendBlob } from '#lib/distribution/http/handlers/get-blob.ts';
import { handleTokenRequest } from '#lib/distribution/http/handlers/handle-token-request.ts';
import { matchRoute, type RouteMatch } from './match-route.ts';
import { recordRefusedRequest } from './record-refused-request.ts';
import type { Params } from './parse-params.ts';
import { readContext, type Exchange, type DistributionApp } from './distribution-request.ts';
import { sendAnswer, sendBytes, sendJson } from './respond.ts';
import type { PullRoute, WriteRoute } from './routes.ts';
import { isSearchPath, searchImages } from '#lib/distribution/http/handlers/search-images.ts';
import { sendError } from './send-error.ts';

/** Answers any request for /token, /v2 or a Docker or Podman search. Never rejects. */
export async function handleDistributionRequest(
  app: DistributionApp,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const awaitsContinue = req.headers.expect?.toLowerCase() === '100-continue';
  const exchange: Exchange = { app, req, res, requestId: readRequestId(req), scope: null, awaitsContinue, write: null };
  try {
    // Await nothing before this, so that cached answers are sent synchronously.
    const known = recallAnswer(app, req, res);
    if (known) return await sendKnown(exchange, known);
    await dispatch(exchange).catch(async (error: unknown) => {
      // The database was lost meanwhile, so memory may answer what it held back for fear of being outdated.
      const isOutage = !res.headersSent && toAppError(error).code === 'unavailable';
      const found = isOutage ? recallAnswer(app, req, res) : null;
      if (!found) throw error;
      await sendKnown(exchange, found);
    });
  } catch (error) {
    recordRefusedRequest(exchange, error);
    await sendError(exchange, error);
  }
}

/** Sends a whole answer before it returns. */
function sendKnown({ app, res }: Exchange, known: KnownAnswer): Promise<void> | void {
  if (known.kind === 'blob') return sendBlob(app, res, known.asked, { blob: known.blob, status: null });
  sendAnswer(res, known.answer, app.answerBatch.end);
  countAnswered(res);
}

async function dispatch(exchange: Exchange): Promise<void> {
  const { app, req, res } = exchange;
  const { path, query } = splitUrl(req.url ?? '');
  if (isForeignWrite(req, app.config.publicUrl)) throw new AppError('forbidden', FOREIGN_WRITE);
  if (isAllowedPreflight(req)) return sendBytes(res, 204, preflightHeaders());
  if (path === '/token' || path === '/v2/token') {
    nameRoute(res, '/token');
    askForBody(exchange);
    return handleTokenRequest(app, req, res, query);
  }
  if (path === '/v2' || path === '/v2/') {
    nameRoute(res, '/v2/');
    return ping(exchange);
  }
  if (isSearchPath(path)) {
    nameRoute(res, '/v1/search');
    return searchImages(app, req, res, { path, query });
  }
  if (path === '/v2/_catalog')
    throw new AppError('unsupported', "Listing all repositories isn't supported. Search the gallery instead.");
  if (!path.startsWith('/v2/')) throw new AppError('not_found', "This path doesn't exist.");
  return runRoute(exchange, matchRoute(req.method ?? '', path.slice('/v2/'.length)), query);
}

/** end-1. Docker and Podman decide by this response whether to send credentials at all. */
async function ping({ app, req, res }: Exchange): Promise<void> {
  if (req.method !== 'GET' && req.method !== 'HEAD')
    throw new AppError('unsupported', 'Only GET and HEAD are supported here.');
  const credentials = await authenticate(app, req);
  if (credentials.kind === 'none') throw notAuthenticated('Get a token first. Public images need no account.', null);
  if (credentials.kind === 'stale') throw credentials.refusal;
  sendJson(res, 200, {});
}

async function runRoute(exchange: Exchange, match: RouteMatch, query: URLSearchParams): Promise<void> {
  const { app, req, res } = exchange;
  const { route, fullName, params } = match;
  nameRoute(res, route.template);
  exchange.scope = toScope(fullName, route.action);
  const namespace = findNamespace(app, req, query);
  const isSigned = route.mayBeSigned === true && query.has('signature');
  const download = isSigned ? await authenticateDownload(app, { fullName, digest: params.digest }, query) : null;
  const credentials = download?.credentials ?? (await authenticate(app, req));
  const asked = { credentials, download, fullName, namespace, params, query };
  return route.action === 'pull' ? runPull(exchange, route, asked) : runWrite(exchange, route, asked);
}

type Asked = {
  credentials: Credentials;
  /** Set if the address itself authenticates the request. */
  download: DownloadGrant | null;
  fullName: string;
  /** The registry host that the name belongs to (find-namespace.ts). */
  namespace: string | null;
  params: Params;
  query: URLSearchParams;
};

async function runPull({ app, req, res }: Exchange, route: PullRoute, asked: Asked): Promise<void> {
  const { credentials, download, fullName, namespace, params, query } = asked;
  const ifMissing = route.ifMissing ?? 'fail';
  const repository = await authorizePull(app, {
    credentials,
    fullName,
    namespace,
    ifMissing,
    step: route.step,
    readContext: () => readContext(app, req),
    readImage: () => (params.reference ? toNamedImage(params.reference) : null),
  });
  if (download) requireSameRepository(download, repository);
  if (namespace !== null) res.setHeader('OCI-Namespace', namespace);
  return route.handler({ app, req, res, query, params, repository, credentials });
}

async function runWrite(exchange: Exchange, route: WriteRoute, asked: Asked): Promise<void> {
  const { app, req, res } = exchange;
  const { credentials, fullName, namespace, params, query } = asked;
  exchange.write = { action: route.action, fullName, params, credentials };
  if (namespace !== null) throw new AppError('forbidden', 'A mirror supports pulls only.');
  if (route.method !== 'GET') await requireWritable(app);
  const { action, step, ifMissing = 'fail' } = route;
  const context = readContext(app, req);
  const upload = findAskedUpload(exchange, route, asked);
  let lease: UploadLease | null = null;
  const onLease = (taken: UploadLease) => (lease = taken);
  try {
    const images = namedImages(params.reference, query);
    const mayBeCached = mayBeAllowedFromCache(exchange, route);
    const write = { credentials, context, fullName, ifMissing, action, step, upload, mayBeCached, onLease, images };
    const authorized = await authorizeWrite(app, write);
    const { repository, principal, quota, uploadTarget } = authorized;
    const caller = { principal, context };
    askForBody(exchange);
    return await route.handler({ app, req, res, query, params, repository, credentials, caller, quota, uploadTarget });
  } catch (error) {
    if (lease) await releaseLease(app, lease).catch(() => undefined);
    throw error;
  }
}

/** Requests that start an upload, or probably bring a whole blob, need no upload's row. */
function mayBeAllowedFromCache({ req }: Exchange, { upload: use }: WriteRoute): boolean {
  if (use !== 'finish') return use === 'start';
  const lengthBytes = Number(req.headers['content-length'] ?? 0);
  return lengthBytes > 0 && lengthBytes <= MAX_WHOLE_BYTES && req.headers['content-range'] === undefined;
}

/** The upload of a PUT with a body probably has no row yet. One without a body finishes an upload that has one. */
function findAskedUpload({ req }: Exchange, { upload: use }: WriteRoute, { params }: Asked): AskedUpload | null {
  if (!use || !params.upload) return null;
  const isRead = use === 'read' || (use === 'finish' && Number(req.headers['content-length'] ?? 0) > 0);
  return { id: params.upload, use: isRead ? 'read' : 'write' };
}

/**
 * Sends 100 Continue (RFC 9110 §10.1.1). Pushes are authorized first, so that a refused client doesn't send gigabytes.
 */
function askForBody(exchange: Exchange): void {
  if (!exchange.awaitsContinue) return;
  exchange.awaitsContinue = false;
  exchange.res.writeContinue();
}

/** Shared, so never modify it. */
const NO_QUERY = new URLSearchParams();

/** Doesn't use the URL class, which resolves `..` and decodes escapes. */
function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?');
  if (mark < 0) return { path: url, query: NO_QUERY };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}
