import type { Log } from '#lib/platform/log.ts';
import type { BadRequests } from '#lib/platform/http/bad-requests.ts';
import { readRequestId } from '#lib/platform/http/requests.ts';
import { replaceFailedPage } from './failed-page.ts';
import { setPagePolicy } from './page-policy.ts';
import type { PageHandler } from './queue-pages.ts';

type PageApp = {
  config: { isDevelopment: boolean };
  log: Log;
  pool: { isDatabaseUnavailable: boolean };
  badRequests: BadRequests;
};

/** Adds to `handle` what every page has: a policy for its content, and a page of our own if it fails. */
export function answerPages(app: PageApp, handle: PageHandler): PageHandler {
  return (req, res) => {
    const requestId = readRequestId(req);
    setPagePolicy(req, res, app.config);
    // In development, Next's own error page is more useful.
    if (!app.config.isDevelopment) {
      const logFailure = () => app.log.error({ url: req.url, requestId }, 'a page failed, see the previous error');
      replaceFailedPage(res, {
        requestId,
        onFailure: logFailure,
        isDatabaseUnavailable: () => app.pool.isDatabaseUnavailable,
        findFault: () => app.badRequests.take(requestId),
      });
    }
    return handle(req, res);
  };
}
