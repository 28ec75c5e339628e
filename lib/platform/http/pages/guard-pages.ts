// Protects Next, which renders any number of pages concurrently and parses any form.
import { IncomingMessage } from 'node:http';
import { isForm, readForm } from './form-bodies.ts';
import { queuePages, PAGE_QUEUE, type PageHandler } from './queue-pages.ts';
import { answerText } from '#lib/platform/http/requests.ts';

/**
 * Rejects forms that are too expensive to parse, then queues requests for `handle`.
 * @throws AppError `rate_limited` from the handler if too many requests of this network, or in total, are waiting
 */
export function guardPages(handle: PageHandler, turns = PAGE_QUEUE): PageHandler {
  const handleInTurn = queuePages(handle, turns);
  return async (req, res) => {
    // Read the form before queueing, so that a slow sender doesn't occupy a slot.
    const request = isForm(req) ? await readForm(req) : req;
    if (request === null) return;
    if (request instanceof IncomingMessage) await handleInTurn(request, res);
    else answerText(res, request.status, request.text);
  };
}
