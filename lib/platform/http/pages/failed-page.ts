// Replaces the error page of a page that fails before its first byte. Next sends an empty document that renders the error with
// JavaScript. The replacement works without JavaScript and shows the request id.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readRequestId } from '#lib/platform/http/requests.ts';

const STYLE = `:root{color-scheme:light dark;background:light-dark(#fff,#0e0f12);color:light-dark(#16181d,#eaebee);\
font:0.875rem/1.6 ui-sans-serif,system-ui,sans-serif}main{max-width:36rem;margin:0 auto;padding:4rem 1rem}\
h1{font-size:1.25rem}p{color:light-dark(#565b66,#a3a8b3)}code{color:light-dark(#16181d,#eaebee);overflow-wrap:anywhere}\
a{color:light-dark(#0b6b64,#5fd1c4)}`;

export type FailedPageOptions = {
  requestId: string;
  /** Called when a page is replaced. */
  onFailure: () => void;
  /** If true, the failure is reported as 503 instead of 500. */
  isDatabaseUnavailable: () => boolean;
  /** Returns the 4xx status of a request that Next couldn't parse, or null for a server error. */
  findFault: () => number | null;
};

const RETRY_SECONDS = 5;

/** Wraps a response before Next writes to it. */
export function replaceFailedPage(res: ServerResponse, options: FailedPageOptions): void {
  const { requestId, onFailure, isDatabaseUnavailable, findFault } = options;
  const original = { writeHead: res.writeHead.bind(res), write: res.write.bind(res), end: res.end.bind(res) };
  let replacement: string | null = null;

  const replace = (text: string, type: string): void => {
    replacement = text;
    for (const name of ['content-encoding', 'transfer-encoding', 'etag', 'link', 'vary']) res.removeHeader(name);
    res.setHeader('Content-Type', `${type}; charset=utf-8`);
    res.setHeader('Content-Length', Buffer.byteLength(text));
    res.setHeader('Content-Security-Policy', contentSecurityPolicy());
    res.setHeader('Cache-Control', 'no-store');
  };
  /** Returns the final status. */
  const begin = (given: number): number => {
    if (given < 500) return given;
    const fault = findFault();
    if (fault !== null) {
      replace(fault === 413 ? 'The request is too large.\n' : "The request couldn't be parsed.\n", 'text/plain');
      return fault;
    }
    const isUnavailable = given === 500 && isDatabaseUnavailable();
    const status = isUnavailable ? 503 : given;
    if (isUnavailable) res.setHeader('Retry-After', RETRY_SECONDS);
    const type = res.getHeader('content-type');
    if (typeof type !== 'string' || !type.startsWith('text/html')) return status;
    replace(failedPage(requestId, isUnavailable ? UNAVAILABLE : BROKEN), 'text/html');
    onFailure();
    return status;
  };

  Object.assign(res, {
    writeHead: (status: number, ...rest: unknown[]) => {
      return Reflect.apply(original.writeHead, res, [begin(status), ...rest]) as ServerResponse;
    },
    write: (...args: unknown[]) => {
      if (!res.headersSent) res.writeHead(res.statusCode);
      if (replacement === null) return Reflect.apply(original.write, res, args) as boolean;
      callBack(args);
      return true;
    },
    end: (...args: unknown[]) => {
      if (!res.headersSent) res.writeHead(res.statusCode);
      if (replacement === null) return Reflect.apply(original.end, res, args) as ServerResponse;
      callBack(args);
      return original.end(replacement);
    },
  });
}

/** Calls the write callback of a discarded chunk. */
function callBack(args: unknown[]): void {
  const done = args.at(-1);
  if (typeof done === 'function') queueMicrotask(() => Reflect.apply(done, undefined, []) as void);
}

function contentSecurityPolicy(): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

type Words = { title: string; advice: string };

const BROKEN = {
  title: 'Something went wrong on our side',
  advice:
    'Reload the page in a moment. If the problem persists, contact the operator of this site and include this request ID:',
};
const UNAVAILABLE = {
  title: 'This site can’t reach its database',
  advice:
    'Reload the page in a few seconds. If the problem persists, contact the operator and include this request ID:',
};

const BUSY = {
  title: 'Too many pages are being loaded at once',
  advice:
    'Reload the page in a few seconds. If the problem persists, contact the operator and include this request ID:',
};

const STARTING = {
  title: 'Pages are starting again',
  advice:
    'Reload the page in a few seconds. If the problem persists, contact the operator and include this request ID:',
};

/** Answers 429 when the page queue is full. Clients that don't accept HTML get plain text. */
export function answerBusy(req: IncomingMessage, res: ServerResponse, retryAfterSeconds: number): void {
  answerLater(req, res, { status: 429, words: BUSY, retryAfterSeconds });
}

/** Answers 503 while no page process can answer. */
export function answerUnavailable(req: IncomingMessage, res: ServerResponse, retryAfterSeconds: number): void {
  answerLater(req, res, { status: 503, words: STARTING, retryAfterSeconds });
}

type Later = { status: number; words: Words; retryAfterSeconds: number };

function answerLater(req: IncomingMessage, res: ServerResponse, { status, words, retryAfterSeconds }: Later): void {
  const isPage = req.headers.accept?.includes('text/html');
  const text = isPage ? failedPage(readRequestId(req), words) : `${words.title}. Try again in a few seconds.\n`;
  res.writeHead(status, {
    'Content-Type': `text/${isPage ? 'html' : 'plain'}; charset=utf-8`,
    'Content-Security-Policy': contentSecurityPolicy(),
    'Cache-Control': 'no-store',
    'Retry-After': retryAfterSeconds,
  });
  res.end(text);
}

/** The request id is generated by requests.ts, so it needs no escaping. */
function failedPage(requestId: string, { title, advice }: Words): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${advice}
<code>${requestId}</code></p>
<p><a href="/">Go to the home page</a></p>
</main>
</body>
</html>
`;
}
