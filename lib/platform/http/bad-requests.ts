// Next answers 500 for bodies it can't parse, such as malformed forms or invalid action arguments. This maps them to 4xx.
import { LRUCache } from 'lru-cache';
import { errorCode, isAppError } from '#lib/platform/errors.ts';

const MAX_NOTED = 1_000;

/** Errors of Next, its form parser and React for bodies they can't parse. */
const UNREADABLE =
  /^(?:Failed to parse body as FormData|Unexpected end of form|Malformed |Multipart: |Connection closed|Invalid Server Action|Maximum |Missing field name|The router state)/;
/** JavaScript errors for action arguments of unexpected types. */
const WRONG_TYPE = /is not (?:a function|iterable|an object)|^Cannot (?:read|destructure|use|convert)/;

export type BadRequests = {
  /** `isAction`: the error came from a server action or decoding its arguments. */
  note: (requestId: string, error: unknown, isAction: boolean) => void;
  /** Returns and forgets the client error status of a request. Null for a server error. */
  take: (requestId: string) => number | null;
};

export function createBadRequests(): BadRequests {
  const noted = new LRUCache<string, number>({ max: MAX_NOTED });
  return {
    note: (requestId, error, isAction) => {
      const status = statusOf(error, isAction);
      if (status !== null) noted.set(requestId, status);
    },
    take: (requestId) => {
      const status = noted.get(requestId) ?? null;
      noted.delete(requestId);
      return status;
    },
  };
}

function statusOf(error: unknown, isAction: boolean): number | null {
  if (!(error instanceof Error) && !(typeof error === 'object' && error !== null && 'message' in error)) return null;
  if ('statusCode' in error && error.statusCode === 413) return 413;
  if (isAppError(error) || errorCode(error) !== undefined) return null;
  const message = String(error.message);
  if (UNREADABLE.test(message)) return 400;
  const name = 'name' in error ? error.name : '';
  return isAction && (name === 'SyntaxError' || (name === 'TypeError' && WRONG_TYPE.test(message))) ? 400 : null;
}
