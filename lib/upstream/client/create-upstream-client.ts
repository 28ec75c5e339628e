import { LRUCache } from 'lru-cache';
import { Readable } from 'node:stream';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { createAddressFilter, createNetworkFilter } from '#lib/platform/net/public-address.ts';
import { resolveBy } from '#lib/platform/pg/resolve-by.ts';
import { Authorizer } from '#lib/upstream/client/auth/authorize-request.ts';
import { checkResponse } from './check-response.ts';
import { CircuitBreaker, type BreakerSettings, type Permit } from './circuit-breaker.ts';
import { createConnections, TIMEOUTS, type Connections, type Kind, type Timeouts } from './connections.ts';
import { discardBody } from '#lib/upstream/client/bodies/discard-body.ts';
import { exchange } from './exchange.ts';
import { fetchFile } from './fetch-file.ts';
import { fetchToken } from '#lib/upstream/client/auth/fetch-token.ts';
import { guardBody } from '#lib/upstream/client/bodies/guard-body.ts';
import { readRateLimit } from '#lib/upstream/client/bodies/read-limits.ts';
import { RequestPace } from './request-pace.ts';
import { TokenCache } from '#lib/upstream/client/auth/token-cache.ts';
import type { UpstreamAddress, UpstreamClient, UpstreamRateLimit, UpstreamRequest } from './upstream-client.ts';
import { isBusyUpstream } from './upstream-errors.ts';

export type UpstreamClientOptions = {
  /** Where connections may go besides public addresses: `10.0.0.0/8`, `fd00::/8`. */
  allowedNetworks: string[];
  /** Twice: for metadata, and for blobs. */
  connectionsPerHost: number;
  requestsPerSecond: number;
  timeouts?: Partial<Timeouts>;
  breaker?: BreakerSettings;
  /** Instead of the machine's own resolver. */
  dnsServers?: string[];
  clock?: () => number;
  log: Log;
};

const MAX_REMEMBERED = 5_000;

export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { clock = Date.now, connectionsPerHost, requestsPerSecond, dnsServers, log } = options;
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const resolve = dnsServers && { resolve: resolveBy(dnsServers) };
  const connections = createConnections({
    check: { isAllowed: createAddressFilter(options.allowedNetworks), ...resolve },
    // What goes unencrypted stays in networks that the operator has named.
    plainCheck: { isAllowed: createNetworkFilter(options.allowedNetworks), ...resolve },
    connectionsPerHost,
    timeouts,
  });
  const paceOf = remember((host: string) => new RequestPace(host, requestsPerSecond));
  const send: Connections['send'] = async (outgoing) => {
    await paceOf(outgoing.url.host).waitForTurn(outgoing.signal);
    return connections.send(outgoing);
  };
  const tokenContext = { send, clock, idleMs: timeouts.idleBodyMs };
  const authorizer = new Authorizer(new TokenCache((request) => fetchToken(tokenContext, request), clock));
  const rateLimits = new LRUCache<string, UpstreamRateLimit>({ max: MAX_REMEMBERED });
  // Two for each upstream: Docker Hub limits pulls of manifests, and whoever has one may go on with its blobs.
  const breakersOf = remember((_key: string, { host }: UpstreamAddress): Record<Kind, CircuitBreaker> => {
    const create = (): CircuitBreaker => new CircuitBreaker({ host, clock, settings: options.breaker });
    return { metadata: create(), blob: create() };
  });

  const request = async (
    upstream: UpstreamAddress,
    request: UpstreamRequest,
  ): ReturnType<UpstreamClient['request']> => {
    const { host } = upstream;
    const { method, kind, signal } = request;
    const startedMs = performance.now();
    const breaker = breakersOf(keyOf(upstream), upstream)[kind];
    const permit = breaker.enter();
    try {
      const arrival = await exchange({ send, authorizer }, upstream, request);
      const { response, hasLeft } = arrival;
      const rateLimit = hasLeft ? null : readRateLimit(response.headers, clock());
      if (rateLimit) rateLimits.set(keyOf(upstream), rateLimit);
      try {
        checkResponse(upstream, request, arrival, clock());
      } catch (error) {
        discardBody(response);
        throw error;
      }
      permit.succeed();
      const status = response.statusCode ?? 0;
      const elapsedMs = Math.round(performance.now() - startedMs);
      log.debug({ upstream: host, method, repository: request.repository, status, elapsedMs }, 'asked an upstream');
      const { headers } = response;
      const isEmpty = method === 'HEAD' || status === 304;
      if (!isEmpty)
        return { status, headers, body: guardBody(response, { host, idleMs: timeouts.idleBodyMs, signal }) };
      discardBody(response);
      return { status, headers, body: Readable.from([]) };
    } catch (error) {
      const before = breaker.brokenUntil?.getTime();
      settle(permit, error, signal);
      signal?.throwIfAborted();
      const { brokenUntil } = breaker;
      if (brokenUntil && brokenUntil.getTime() !== before) {
        log.warn({ upstream: host, kind, brokenUntil, err: error }, 'an upstream is left alone for a while');
      }
      log.debug({ upstream: host, method, repository: request.repository, err: error }, 'an upstream failed');
      throw error;
    }
  };

  return {
    request,
    fetchFile: (file) => fetchFile({ send, idleMs: timeouts.idleBodyMs }, file),
    state: (upstream) => {
      const { metadata, blob } = breakersOf(keyOf(upstream), upstream);
      const untilMs = Math.max(metadata.brokenUntil?.getTime() ?? 0, blob.brokenUntil?.getTime() ?? 0);
      const rateLimit = rateLimits.get(keyOf(upstream)) ?? null;
      return { brokenUntil: untilMs > 0 ? new Date(untilMs) : null, rateLimit };
    },
    close: () => {
      connections.close();
      return Promise.resolve();
    },
  };
}

/** Tells the breaker what an error says of the upstream. */
function settle(permit: Permit, error: unknown, signal: AbortSignal | undefined): void {
  if (signal?.aborted || !isAppError(error) || isBusyUpstream(error)) permit.withdraw();
  else if (error.code === 'upstream_rate_limited') permit.limit(error.retryAfterSeconds ?? 1);
  else if (error.code === 'upstream_unavailable') permit.fail();
  // It answers, if only to say no.
  else if (error.code === 'upstream_denied') permit.succeed();
  else permit.withdraw();
}

/** A changed host is another upstream, as far as its health goes. */
function keyOf({ id, host }: UpstreamAddress): string {
  return `${id} ${host}`;
}

/** What was created for a key is created once, as long as it is not one of too many. */
function remember<Value extends object, Rest extends unknown[]>(
  create: (key: string, ...rest: Rest) => Value,
): (key: string, ...rest: Rest) => Value {
  const known = new LRUCache<string, Value>({ max: MAX_REMEMBERED });
  return (key, ...rest) => {
    const value = known.get(key) ?? create(key, ...rest);
    known.set(key, value);
    return value;
  };
}
