import type { IncomingMessage, ServerResponse } from 'node:http';
import { toAppError } from '#lib/platform/errors.ts';
import { formatChallenge } from './challenge.ts';
import type { Exchange } from './distribution-request.ts';
import { OCI_ERRORS } from './oci-errors.ts';
import { drainBody } from './read-body.ts';
import { sendBytes, sendJson } from './respond.ts';

/** Sends the response for an error at /v2. Never rejects. */
export async function sendError(exchange: Exchange, thrown: unknown): Promise<void> {
  const { app, req, res, requestId, scope } = exchange;
  const log = { requestId, method: req.method, url: req.url };
  if (req.socket.destroyed) {
    app.log.debug({ ...log, err: thrown }, 'client disconnected');
    return;
  }
  const error = toAppError(thrown);
  const { status, code } = OCI_ERRORS[error.code];
  app.counts.errors.add('registry', error.code);
  // A failing upstream is reported on its mirrors' page, so its pulls don't log errors.
  const isUpstreams = error.code.startsWith('upstream_');
  if (status >= 500) app.log[isUpstreams ? 'warn' : 'error']({ ...log, err: error }, 'request failed');
  if (res.headersSent) {
    // The head is already sent. Only a broken connection tells the client that the body is incomplete.
    res.destroy();
    return;
  }
  const isDrained = !exchange.awaitsContinue && (await drainBody(req));
  // During the drain, the client may have disconnected or received a 408.
  if (req.socket.destroyed || res.headersSent) return;
  if (!isDrained) res.setHeader('Connection', 'close');
  if (status === 401) res.setHeader('WWW-Authenticate', formatChallenge(app, req, error, scope));
  if (error.retryAfterSeconds !== undefined) res.setHeader('Retry-After', error.retryAfterSeconds);
  const detail = error.detail === undefined || error.detail === null ? {} : { detail: error.detail };
  const body = JSON.stringify({ errors: [{ code, message: error.message, ...detail }] });
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  sendBytes(res, status, headers, body);
}

/** Answers a request whose body stalled. */
export function sendStalled(_req: IncomingMessage, res: ServerResponse): void {
  const message = 'Request timed out. An upload keeps the bytes received: get its Range and resume from there.';
  sendJson(res, 408, { errors: [{ code: 'BLOB_UPLOAD_INVALID', message }] }, { 'Cache-Control': 'no-store' });
}
