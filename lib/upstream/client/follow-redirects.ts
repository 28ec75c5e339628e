import type { IncomingMessage } from 'node:http';
import type { Connections, Outgoing } from './connections.ts';
import { discardBody } from '#lib/upstream/client/bodies/discard-body.ts';
import { invalidUpstream } from './upstream-errors.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Headers for the original server only. */
const OWN_HEADERS = ['authorization', 'cookie', 'proxy-authorization'];

export type Arrival = {
  response: IncomingMessage;
  url: URL;
  /** Whether a redirect led to another server, whose response says nothing about the upstream. */
  hasLeft: boolean;
};

type Sender = { send: Connections['send']; host: string };

/** @throws AppError as `send`, and `upstream_invalid` for a refused redirect */
export async function followRedirects({ send, host }: Sender, first: Outgoing): Promise<Arrival> {
  let outgoing = first;
  let hasLeft = false;
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(outgoing);
    if (!REDIRECTS.has(response.statusCode ?? 0)) return { response, url: outgoing.url, hasLeft };
    discardBody(response);
    if (redirects === MAX_REDIRECTS) throw invalidUpstream(`${host} redirected too many times.`);
    const url = nextUrl(host, outgoing.url, response.headers.location);
    // A redirect back to the first server must not restore its secrets, because another server chose that URL.
    hasLeft ||= url.origin !== outgoing.url.origin;
    outgoing = { ...outgoing, url, headers: hasLeft ? withoutOwn(outgoing.headers) : outgoing.headers };
  }
}

function nextUrl(host: string, current: URL, location: string | undefined): URL {
  const next = location === undefined ? null : URL.parse(location, current);
  const isWeb = next !== null && (next.protocol === 'https:' || next.protocol === 'http:');
  if (!isWeb || next.username !== '' || next.password !== '') {
    throw invalidUpstream(`${host} redirected to something other than an HTTP URL.`);
  }
  if (next.protocol === 'http:' && current.protocol === 'https:') {
    throw invalidUpstream(`${host} redirected from HTTPS to plain HTTP at ${next.host}.`);
  }
  next.hash = '';
  return next;
}

function withoutOwn(headers: Outgoing['headers']): Outgoing['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.includes(name.toLowerCase())));
}
