import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppError } from '#lib/platform/errors.ts';
import { answerBusy, answerUnavailable } from '#lib/platform/http/pages/failed-page.ts';
import { readRequestId } from '#lib/platform/http/requests.ts';
import { problemResponse } from './rest/problem.ts';

/** Routes of the REST API, whose clients read a problem document instead of a page. */
export const API_PATH = /^\/api\/(?:v1\/|mcp(?:\?|$))/;

const RETRY_SECONDS = 1;

/**
 * Answers a request that has to be repeated later, because the page queue is full or no page process answers. Returns false
 * for any other error.
 */
export function answerRefusedPage(req: IncomingMessage, res: ServerResponse, error: AppError): boolean {
  const { code, retryAfterSeconds = RETRY_SECONDS } = error;
  const isLater = code === 'rate_limited' || (code === 'unavailable' && error.retryAfterSeconds !== undefined);
  if (!isLater || res.headersSent) return false;
  if (API_PATH.test(req.url ?? '')) sendProblem(req, res, error);
  else if (code === 'rate_limited') answerBusy(req, res, retryAfterSeconds);
  else answerUnavailable(req, res, retryAfterSeconds);
  return true;
}

function sendProblem(req: IncomingMessage, res: ServerResponse, error: AppError): void {
  const problem = problemResponse(error, readRequestId(req));
  void problem.text().then((text) => res.writeHead(problem.status, Object.fromEntries(problem.headers)).end(text));
}
