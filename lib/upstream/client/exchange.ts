import { isName } from '#lib/oci/name.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Authorizer } from '#lib/upstream/client/auth/authorize-request.ts';
import type { Connections, Outgoing } from './connections.ts';
import { discardBody } from '#lib/upstream/client/bodies/discard-body.ts';
import { servingHost, upstreamRepository } from './docker-hub.ts';
import { followRedirects, type Arrival } from './follow-redirects.ts';
import type { UpstreamAddress, UpstreamRequest } from './upstream-client.ts';

type Context = { send: Connections['send']; authorizer: Authorizer };

/** Sends the request with the last Authorization, and after a 401 once more with a new one. */
export async function exchange(
  { send, authorizer }: Context,
  upstream: UpstreamAddress,
  request: UpstreamRequest,
): Promise<Arrival> {
  const { method, kind, signal } = request;
  const repository = upstreamRepository(upstream.host, request.repository);
  const url = urlOf(upstream, repository, request.path);
  const headers = { ...request.headers, ...(request.accept && { accept: request.accept.join(', ') }) };
  const ask = (authorization: string | null): Promise<Arrival> => {
    const outgoing: Outgoing = {
      url,
      method,
      kind,
      signal,
      headers: { ...headers, ...(authorization !== null && { authorization }) },
    };
    return followRedirects({ send, host: upstream.host }, outgoing);
  };

  // Requests share a token fetch, so aborting one ends its wait but not the fetch.
  const before = await orAborted(authorizer.remembered(upstream, repository), signal);
  const arrival = await ask(before.header);
  // A challenge from another server must not receive the upstream's credentials.
  if (arrival.response.statusCode !== 401 || arrival.hasLeft) return arrival;
  discardBody(arrival.response);
  before.drop();
  const challenge = arrival.response.headers['www-authenticate'];
  const authorization = await orAborted(authorizer.challenged(upstream, repository, challenge), signal);
  const second = await ask(authorization.header);
  if (second.response.statusCode === 401 && !second.hasLeft) authorization.drop();
  return second;
}

function urlOf({ host, isPlainHttp }: UpstreamAddress, repository: string, path: string): URL {
  if (!isName(repository)) throw new AppError('name_invalid', `${repository} is not a valid repository name.`);
  const url = new URL(`${isPlainHttp ? 'http' : 'https'}://${servingHost(host)}/v2/${repository}/${path}`);
  // URL normalizes `..` and escapes, which could lead out of the repository.
  if (`${url.pathname}${url.search}` !== `/v2/${repository}/${path}`) {
    throw new AppError('invalid_input', 'Invalid repository path.');
  }
  return url;
}

async function orAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return result;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return Promise.race([result, aborted]).finally(() => signal.removeEventListener('abort', abort));
}
