import type { IncomingMessage } from 'node:http';
import type { Connections, Outgoing } from './connections.ts';
import { discardBody } from '#lib/upstream/client/bodies/discard-body.ts';
import { invalidUpstream } from './upstream-errors.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** For the server that was asked, and no other. */
const OWN_HEADERS = ['authorization', 'cookie', 'proxy-authorization'];

export type Arrival = {
  response: IncomingMessage;
  url: URL;
  /** Some redirect led to another server; what came back from there is not the upstream's own word. */
  hasLeft: boolean;
};

type Sender = { send: Connections['send']; host: string };

/** @throws AppError as `send`, and `upstream_invalid` for a redirect that is not followed */
export async function followRedirects({ send, host }: Sender, first: Outgoing): Promise<Arrival> {
  let outgoing = first;
  let hasLeft = false;
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(outgoing);
    if (!REDIRECTS.has(response.statusCode ?? 0)) return { response, url: outgoing.url, hasLeft };
    discardBody(response);
    if (redirects === MAX_REDIRECTS) throw invalidUpstream(`${host} redirects again and again.`);
    const url = nextUrl(host, outgoing.url, response.headers.location);
    // Once away there is no way back to the secrets: another server chose where to go from there.
    hasLeft ||= url.origin !== outgoing.url.origin;
    outgoing = { ...outgoing, url, headers: hasLeft ? withoutOwn(outgoing.headers) : outgoing.headers };
  }
}

function nextUrl(host: string, current: URL, location: string | undefined): URL {
  const next = location === undefined ? null : URL.parse(location, current);
  const isWeb = next !== null && (next.protocol === 'https:' || next.protocol === 'http:');
  if (!isWeb || next.username !== '' || next.password !== '') {
    throw invalidUpstream(`${host} redirects to something that is no address of the web.`);
  }
  if (next.protocol === 'http:' && current.protocol === 'https:') {
    throw invalidUpstream(`${host} redirects to ${next.host} without encryption, which was not followed.`);
  }
  next.hash = '';
  return next;
}

function withoutOwn(headers: Outgoing['headers']): Outgoing['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.includes(name.toLowerCase())));
}
