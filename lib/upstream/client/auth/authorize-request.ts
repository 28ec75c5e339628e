// Chooses the Authorization for an upstream from its WWW-Authenticate header, or from the scheme it used last time.
import { LRUCache } from 'lru-cache';
import { isAppError } from '#lib/platform/errors.ts';
import { checkRealm } from './check-realm.ts';
import { basicOf, type TokenRequest } from './fetch-token.ts';
import { parseChallenges, type Challenge } from './parse-challenges.ts';
import type { TokenCache } from './token-cache.ts';
import type { UpstreamAddress } from '#lib/upstream/client/upstream-client.ts';
import { deniedUpstream, invalidUpstream } from '#lib/upstream/client/upstream-errors.ts';

const MAX_SCHEMES = 5_000;

type Scheme = { kind: 'basic' } | { kind: 'bearer'; realm: string; service: string | null };
/** `header` must only be sent to the upstream's own host. */
export type Authorization = { header: string | null; drop: () => void };

const NONE: Authorization = { header: null, drop: () => undefined };

export class Authorizer {
  readonly #tokens: TokenCache;
  readonly #schemes = new LRUCache<string, Scheme>({ max: MAX_SCHEMES });

  constructor(tokens: TokenCache) {
    this.#tokens = tokens;
  }

  /** Uses the scheme of the last challenge. Empty before the first one. @throws AppError as fetchToken */
  async remembered(upstream: UpstreamAddress, repository: string): Promise<Authorization> {
    const scheme = this.#schemes.get(keyOf(upstream));
    if (!scheme) return NONE;
    try {
      return await this.#authorize(upstream, repository, scheme);
    } catch (error) {
      // The realm may have moved. Dropping the scheme makes the next request ask for a new challenge.
      if (!isAppError(error) || error.code !== 'upstream_denied') this.#schemes.delete(keyOf(upstream));
      throw error;
    }
  }

  /** Answers the challenge of a 401. @throws AppError as fetchToken and checkRealm */
  async challenged(upstream: UpstreamAddress, repository: string, header: string | undefined): Promise<Authorization> {
    const scheme = chooseScheme(upstream, parseChallenges(header));
    if (!scheme) throw deniedUpstream(upstream.host, repository, upstream.credentials !== null);
    const authorization = await this.#authorize(upstream, repository, scheme);
    this.#schemes.set(keyOf(upstream), scheme);
    return authorization;
  }

  async #authorize(upstream: UpstreamAddress, repository: string, scheme: Scheme): Promise<Authorization> {
    if (scheme.kind === 'basic') return { ...NONE, header: basicOf(upstream).authorization ?? null };
    const { realm, service } = scheme;
    const request: TokenRequest = { upstream, realm: checkRealm(upstream, realm), service, repository };
    const token = await this.#tokens.get(request);
    return { header: `Bearer ${token}`, drop: () => this.#tokens.drop(request, token) };
  }
}

/** Prefers Bearer to Basic because a leaked token costs less than a leaked password. */
function chooseScheme(upstream: UpstreamAddress, challenges: Challenge[]): Scheme | null {
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer) {
    const realm = bearer.parameters.get('realm');
    if (realm === undefined) throw invalidUpstream(`${upstream.host} requires a token but names no realm.`);
    return { kind: 'bearer', realm, service: bearer.parameters.get('service') ?? null };
  }
  const isBasic = challenges.some(({ scheme }) => scheme === 'basic') && upstream.credentials !== null;
  return isBasic ? { kind: 'basic' } : null;
}

function keyOf({ id, host, isPlainHttp, credentials }: UpstreamAddress): string {
  return JSON.stringify([String(id), host, isPlainHttp, credentials === null]);
}
