// Plain HTTP: redirects to the site's https address, and answers challenges of an ACME server.
import { createServer, type Server } from 'node:http';
import { CONNECTION_LIMITS } from '#lib/platform/http/limited-server.ts';
import { answerText } from '#lib/platform/http/requests.ts';

/** RFC 8555 §8.3. */
const CHALLENGE = /^\/\.well-known\/acme-challenge\/([\w-]{1,200})$/;
const MAX_HEADER_BYTES = 16 * 1024;

type RedirectOptions = {
  publicUrl: string;
  /** Null: unknown token. */
  findChallenge: (token: string) => Promise<string | null>;
};

/** Requests that carry something are refused, because it would travel unprotected. */
export function createRedirectServer({ publicUrl, findChallenge }: RedirectOptions): Server {
  const { headersMs, keepAliveMs } = CONNECTION_LIMITS;
  return createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: headersMs,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (req, res) => {
      const { method = '', url = '' } = req;
      res.setHeader('Connection', 'close');
      const token = CHALLENGE.exec(url)?.[1];
      if (token !== undefined && method === 'GET') {
        findChallenge(token).then(
          (answer) => answerText(res, answer === null ? 404 : 200, answer ?? 'Unknown challenge.'),
          () => answerText(res, 503, 'The database does not answer. Try again.'),
        );
        return;
      }
      if (method !== 'GET' && method !== 'HEAD') {
        answerText(res, 403, `Use ${publicUrl}. This port only redirects.`);
        return;
      }
      // Not a path: an absolute address or an asterisk.
      const path = url.startsWith('/') ? url : '/';
      res.writeHead(308, { Location: publicUrl + path, 'Content-Length': '0' }).end();
    },
  );
}
