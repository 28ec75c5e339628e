// GET /metrics, in Prometheus' text format: for the operator, not for the world.
import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Registry } from 'prom-client';
import { answerText } from './requests.ts';

/** What proxies and content delivery networks add: one on this machine makes every client look local. */
const PROXY_HEADER =
  /^(?:forwarded|via|x-(?:forwarded|original|envoy|amzn|amz-cf|cluster|appengine|azure|vercel|arr|proxyuser)(?:-|$)|(?:x-)?(?:real|client|true-client|cluster-client|remote)-(?:ip|addr)$|cf-|cdn-|fastly-|fly-|akamai-|true-client-|x-varnish|x-proxy)/;
const BEARER = /^Bearer +(\S+)$/i;

/**
 * Answers and returns true if the request is for /metrics. With a token, to whoever has it; without one, to programs on this
 * machine that come by no proxy.
 */
export async function handleMetricsRequest(
  req: IncomingMessage,
  res: ServerResponse,
  { metrics, token }: { metrics: Registry; token: string | undefined },
): Promise<boolean> {
  if (req.url?.split('?')[0] !== '/metrics') return false;
  if (!isAllowed(req, token)) {
    if (token !== undefined) res.setHeader('WWW-Authenticate', 'Bearer');
    answerText(res, token === undefined ? 403 : 401, 'Metrics are for the operator of this site: see METRICS_TOKEN.');
    return true;
  }
  const body = await metrics.metrics();
  res.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' });
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

/** The same length for any text, as the comparison wants. */
function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
