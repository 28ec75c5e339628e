import type { IncomingMessage, ServerResponse } from 'node:http';
import { toAppError } from '#lib/platform/errors.ts';
import { formatChallenge } from './challenge.ts';
import type { Exchange } from './distribution-request.ts';
import { OCI_ERRORS } from './oci-errors.ts';
import { drainBody } from './read-body.ts';
import { sendBytes, sendJson } from './respond.ts';

/** The one place where /v2 turns an error into an answer. Never rejects. */
export async function sendError(exchange: Exchange, thrown: unknown): Promise<void> {
  const { app, req, res, requestId, scope } = exchange;
  const log = { requestId, method: req.method, url: req.url };
  if (req.socket.destroyed) {
    app.log.debug({ ...log, err: thrown }, 'the client went away');
    return;
  }
  const error = toAppError(thrown);
  const { status, code } = OCI_ERRORS[error.code];
  // An upstream that is away is its own trouble, and stands on its mirrors' page: no alarm for each pull.
  const isUpstreams = error.code.startsWith('upstream_');
  if (status >= 500) app.log[isUpstreams ? 'warn' : 'error']({ ...log, err: error }, 'a request failed');
  if (res.headersSent) {
    // Part of the answer is out: only a broken connection tells the client that the rest is missing.
    res.destroy();
    return;
  }
  const isDrained = !exchange.awaitsContinue && (await drainBody(req));
  // Meanwhile the client may have gone, or been told that it was too slow.
  if (req.socket.destroyed || res.headersSent) return;
  if (!isDrained) res.setHeader('Connection', 'close');
  if (status === 401) res.setHeader('WWW-Authenticate', formatChallenge(app, req, error, scope));
  if (error.retryAfterSeconds !== undefined) res.setHeader('Retry-After', error.retryAfterSeconds);
  const detail = error.detail === undefined || error.detail === null ? {} : { detail: error.detail };
  const body = JSON.stringify({ errors: [{ code, message: error.message, ...detail }] });
  // What failed is not to be kept, by anybody.
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  sendBytes(res, status, headers, body);
}

/** To a request whose body has come to a halt. */
export function sendStalled(_req: IncomingMessage, res: ServerResponse): void {
  const message =
    'Nothing more came of the body. An upload keeps what did: ask for its Range with GET, and go on from there.';
  sendJson(res, 408, { errors: [{ code: 'BLOB_UPLOAD_INVALID', message }] }, { 'Cache-Control': 'no-store' });
}
