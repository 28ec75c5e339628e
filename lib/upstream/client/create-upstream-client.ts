import { LRUCache } from 'lru-cache';
import { Readable } from 'node:stream';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { createAddressFilter, createNetworkFilter } from '#lib/platform/net/public-address.ts';
import { resolveBy } from '#lib/platform/pg/resolve-by.ts';
import { Authorizer } from '#lib/upstream/client/auth/authorize-request.ts';
import { checkResponse } from './check-response.ts';
import { CircuitBreaker, type BreakerSettings, type PauseBoard, type Permit } from './circuit-breaker.ts';
import { createConnections, TIMEOUTS, type Connections, type ConnectionKind, type Timeouts } from './connections.ts';
import { discardBody } from '#lib/upstream/client/bodies/discard-body.ts';
import { exchange } from './exchange.ts';
import { fetchFile } from './fetch-file.ts';
import { fetchToken } from '#lib/upstream/client/auth/fetch-token.ts';
import { guardBody } from '#lib/upstream/client/bodies/guard-body.ts';
import { readRateLimit } from '#lib/upstream/client/bodies/read-limits.ts';
import { RequestPace, type ReserveTurns } from './request-pace.ts';
import { TokenCache } from '#lib/upstream/client/auth/token-cache.ts';
import type { UpstreamAddress, UpstreamClient, UpstreamRateLimit, UpstreamRequest } from './upstream-client.ts';
import { isBusyUpstream } from './upstream-errors.ts';

export type UpstreamClientOptions = {
  /** Networks that may be reached besides public addresses: `10.0.0.0/8`, `fd00::/8`. */
  allowedNetworks: string[];
  /** For metadata and again for blobs. */
  connectionsPerHost: number;
  requestsPerSecond: number;
  timeouts?: Partial<Timeouts>;
  breaker?: BreakerSettings;
  /** Overrides the system resolver. */
  dnsServers?: string[];
  clock?: () => number;
  /** What the processes of the site do together. Missing: this one is alone. */
  shared?: { pauses: (key: { upstreamId: bigint; kind: ConnectionKind }) => PauseBoard; reserveTurns: ReserveTurns };
  log: Log;
};

const MAX_UPSTREAMS = 5_000;

export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { clock = Date.now, connectionsPerHost, requestsPerSecond, dnsServers, shared, log } = options;
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const resolve = dnsServers && { resolve: resolveBy(dnsServers) };
  const connections = createConnections({
    check: { isAllowed: createAddressFilter(options.allowedNetworks), ...resolve },
    // Plain HTTP may only go to networks that the operator has named.
    plainCheck: { isAllowed: createNetworkFilter(options.allowedNetworks), ...resolve },
    connectionsPerHost,
    timeouts,
  });
  const paceOf = memoize(
    (host: string) => new RequestPace({ host, requestsPerSecond, reserve: shared?.reserveTurns ?? null }),
  );
  const send: Connections['send'] = async (outgoing) => {
    await paceOf(outgoing.url.host).waitForTurn(outgoing.signal);
    return connections.send(outgoing);
  };
  const tokenContext = { send, clock, idleMs: timeouts.idleBodyMs };
  const authorizer = new Authorizer(new TokenCache((request) => fetchToken(tokenContext, request), clock));
  const rateLimits = new LRUCache<string, UpstreamRateLimit>({ max: MAX_UPSTREAMS });
  const breakers = new LRUCache<string, Breakers>({ max: MAX_UPSTREAMS });
  // Two for each upstream, because Docker Hub limits manifest pulls but not the blob downloads that follow.
  const openBreakers = ({ id, host, credentials }: UpstreamAddress): Breakers => {
    const create = (kind: ConnectionKind): CircuitBreaker => {
      const board = shared?.pauses({ upstreamId: id, kind }) ?? null;
      return new CircuitBreaker({ host, clock, settings: options.breaker, board });
    };
    return { metadata: create('metadata'), blob: create('blob'), credentials };
  };
  const breakersOf = (upstream: UpstreamAddress): Breakers => {
    const key = keyOf(upstream);
    const known = breakers.get(key);
    if (known && isSameLogin(known.credentials, upstream.credentials)) return known;
    // A pause or a limit of the former credentials says nothing about the new ones.
    rateLimits.delete(key);
    const opened = openBreakers(upstream);
    breakers.set(key, opened);
    return opened;
  };

  const request = async (
    upstream: UpstreamAddress,
    request: UpstreamRequest,
  ): ReturnType<UpstreamClient['request']> => {
    const { host } = upstream;
    const { method, kind, signal } = request;
    const startedMs = performance.now();
    const breaker = breakersOf(upstream)[kind];
    const permit = await breaker.enter(upstream.pauses?.[kind] ?? null);
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
      await permit.succeed();
      const status = response.statusCode ?? 0;
      const elapsedMs = Math.round(performance.now() - startedMs);
      log.debug(
        { upstream: host, method, repository: request.repository, status, elapsedMs },
        'upstream request completed',
      );
      const { headers } = response;
      const isEmpty = method === 'HEAD' || status === 304;
      if (!isEmpty)
        return { status, headers, body: guardBody(response, { host, idleMs: timeouts.idleBodyMs, signal }) };
      discardBody(response);
      return { status, headers, body: Readable.from([]) };
    } catch (error) {
      const before = breaker.brokenUntil?.getTime();
      await settle(permit, error, signal);
      signal?.throwIfAborted();
      const { brokenUntil } = breaker;
      if (brokenUntil && brokenUntil.getTime() !== before) {
        log.warn({ upstream: host, kind, brokenUntil, err: error }, 'upstream paused by its circuit breaker');
      }
      log.debug({ upstream: host, method, repository: request.repository, err: error }, 'upstream request failed');
      throw error;
    }
  };

  return {
    request,
    fetchFile: (file) => fetchFile({ send, idleMs: timeouts.idleBodyMs }, file),
    state: (upstream) => {
      const { metadata, blob } = breakers.get(keyOf(upstream)) ?? {};
      const untilMs = Math.max(metadata?.brokenUntil?.getTime() ?? 0, blob?.brokenUntil?.getTime() ?? 0);
      const rateLimit = rateLimits.get(keyOf(upstream)) ?? null;
      return { brokenUntil: untilMs > 0 ? new Date(untilMs) : null, rateLimit };
    },
    close: () => {
      connections.close();
      return Promise.resolve();
    },
  };
}

type Credentials = UpstreamAddress['credentials'];
type Breakers = Record<ConnectionKind, CircuitBreaker> & { credentials: Credentials };

function isSameLogin(one: Credentials, other: Credentials): boolean {
  return one?.username === other?.username && one?.password === other?.password;
}

/** Tells the breaker what an error says about the upstream's health. */
function settle(permit: Permit, error: unknown, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted || !isAppError(error) || isBusyUpstream(error)) return permit.withdraw();
  if (error.code === 'upstream_rate_limited') return permit.limit(error.retryAfterSeconds ?? 1);
  if (error.code === 'upstream_unavailable') return permit.fail();
  // A refusal still proves that the upstream is up.
  return error.code === 'upstream_denied' ? permit.succeed() : permit.withdraw();
}

/** Includes the host, because a changed host has a health of its own. */
function keyOf({ id, host }: UpstreamAddress): string {
  return `${id} ${host}`;
}

/** Creates one value per key. Evicts the least recently used beyond the limit. */
function memoize<Value extends object, Rest extends unknown[]>(
  create: (key: string, ...rest: Rest) => Value,
): (key: string, ...rest: Rest) => Value {
  const known = new LRUCache<string, Value>({ max: MAX_UPSTREAMS });
  return (key, ...rest) => {
    const value = known.get(key) ?? create(key, ...rest);
    known.set(key, value);
    return value;
  };
}
