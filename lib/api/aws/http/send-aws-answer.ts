import type { IncomingMessage, ServerResponse } from 'node:http';
import { drainBody } from '#lib/distribution/http/read-body.ts';
import type { AppError } from '#lib/platform/errors.ts';
import { readRequestId } from '#lib/platform/http/requests.ts';
import { toFault } from '../aws-error.ts';
import { toQueryError } from '../sts/query-errors.ts';
import { writeStsAnswer, writeStsError } from '../sts/write-sts-xml.ts';

const JSON_TYPE = 'application/x-amz-json-1.1';

export function sendAwsJson(res: ServerResponse, body: unknown): void {
  send(res, 200, JSON_TYPE, JSON.stringify(body));
}

export function sendAwsXml(
  req: IncomingMessage,
  res: ServerResponse,
  name: string,
  result: Record<string, unknown>,
): void {
  send(res, 200, 'text/xml', writeStsAnswer(name, result, readRequestId(req)));
}

/** Sends an error in the form of its protocol. Never rejects. */
export async function sendAwsError(
  req: IncomingMessage,
  res: ServerResponse,
  { error, errors, isJson }: { error: AppError; errors: readonly string[] | null; isJson: boolean },
): Promise<void> {
  if (req.socket.destroyed) return;
  if (res.headersSent) return void res.destroy();
  const isDrained = await drainBody(req);
  if (req.socket.destroyed || res.headersSent) return;
  if (!isDrained) res.setHeader('Connection', 'close');
  if (error.retryAfterSeconds !== undefined) {
    res.setHeader('Retry-After', error.retryAfterSeconds);
    res.setHeader('x-amz-retry-after', error.retryAfterSeconds * 1000);
  }
  const { type, status, message, fields } = toFault(error, errors);
  if (isJson) return send(res, status, JSON_TYPE, JSON.stringify({ __type: type, message, ...fields }));
  const query = toQueryError(type);
  send(
    res,
    status === 400 ? query.status : status,
    'text/xml',
    writeStsError({ ...query, message }, readRequestId(req)),
  );
}

function send(res: ServerResponse, status: number, contentType: string, body: string): void {
  res.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'x-amzn-requestid': readRequestId(res.req),
    'X-Content-Type-Options': 'nosniff',
  });
  res.end(body);
}
