// GET /metrics in Prometheus' text format, for the operator only.
import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { answerText } from '#lib/platform/http/requests.ts';
import { METRICS_CONTENT_TYPE } from './metrics-page.ts';

/** Headers added by proxies and CDNs. Behind a local proxy, every client would look local. */
const PROXY_HEADER =
  /^(?:forwarded|via|x-(?:forwarded|original|envoy|amzn|amz-cf|cluster|appengine|azure|vercel|arr|proxyuser)(?:-|$)|(?:x-)?(?:real|client|true-client|cluster-client|remote)-(?:ip|addr)$|cf-|cdn-|fastly-|fly-|akamai-|true-client-|x-varnish|x-proxy)/;
const BEARER = /^Bearer +(\S+)$/i;

/**
 * Returns true if the request was for /metrics. Requires the token if one is configured.
 * Otherwise only local clients without a proxy have access.
 */
export async function handleMetricsRequest(
  req: IncomingMessage,
  res: ServerResponse,
  { render, token }: { render: () => Promise<string>; token: string | undefined },
): Promise<boolean> {
  if (req.url?.split('?')[0] !== '/metrics') return false;
  if (!isAllowed(req, token)) {
    if (token !== undefined) res.setHeader('WWW-Authenticate', 'Bearer');
    answerText(
      res,
      token === undefined ? 403 : 401,
      'Only the operator of this site can read metrics. See METRICS_TOKEN.',
    );
    return true;
  }
  const body = await render();
  res.writeHead(200, { 'Content-Type': METRICS_CONTENT_TYPE, 'Cache-Control': 'no-store' });
  res.end(req.method === 'HEAD' ? undefined : body);
  return true;
}

function isAllowed(req: IncomingMessage, token: string | undefined): boolean {
  if (token !== undefined) {
    const [, given = ''] = BEARER.exec(req.headers.authorization ?? '') ?? [];
    return timingSafeEqual(hash(given), hash(token));
  }
  const isForwarded = Object.keys(req.headers).some((name) => PROXY_HEADER.test(name));
  return !isForwarded && isLoopback(req.socket.remoteAddress ?? '');
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** timingSafeEqual requires inputs of equal length. */
function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
