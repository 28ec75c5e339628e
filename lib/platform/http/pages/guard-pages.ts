// What stands between a request and Next, which makes a page for everybody at once and reads whatever form it is sent.
import { IncomingMessage } from 'node:http';
import { isForm, readForm } from './form-bodies.ts';
import { inPageTurns, PAGE_TURNS, type PageHandler } from './page-turns.ts';
import { answerText } from '#lib/platform/http/requests.ts';

/**
 * Refuses forms that Next must not read, then has `handle` wait for its turn.
 * @throws AppError `rate_limited` from the handler, when too many requests of this network, or of all, wait already
 */
export function guardPages(handle: PageHandler, turns = PAGE_TURNS): PageHandler {
  const handleInTurn = inPageTurns(handle, turns);
  return async (req, res) => {
    // Read before its turn, so that a slow sender keeps nobody waiting.
    const request = isForm(req) ? await readForm(req) : req;
    if (request === null) return;
    if (request instanceof IncomingMessage) await handleInTurn(request, res);
    else answerText(res, request.status, request.text);
  };
}
