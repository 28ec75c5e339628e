import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Token, TokenRequest } from './fetch-token.ts';

const MAX_TOKENS = 5_000;
const MAX_BYTES = 16 << 20;

/** Caches tokens until they expire. Concurrent requests for one token share a fetch. */
export class TokenCache {
  readonly #fetch: (request: TokenRequest) => Promise<Token>;
  readonly #clock: () => number;
  readonly #tokens = new LRUCache<string, Token>({
    max: MAX_TOKENS,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ value }, key) => value.length + key.length,
  });
  readonly #flights = new Map<string, Promise<Token>>();

  constructor(fetch: (request: TokenRequest) => Promise<Token>, clock: () => number) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** @throws AppError as fetchToken */
  async get(request: TokenRequest): Promise<string> {
    const key = keyOf(request);
    const cached = this.#tokens.get(key);
    if (cached && cached.expiresAtMs > this.#clock()) return cached.value;
    const flight = this.#flights.get(key) ?? this.#start(key, request);
    return (await flight).value;
  }

  /** Drops a refused token, but keeps a newer one under the same key. */
  drop(request: TokenRequest, value: string): void {
    const key = keyOf(request);
    if (this.#tokens.peek(key)?.value === value) this.#tokens.delete(key);
  }

  #start(key: string, request: TokenRequest): Promise<Token> {
    const flight = this.#fetch(request)
      .then((token) => {
        this.#tokens.set(key, token);
        return token;
      })
      .finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}

/**
 * Includes the upstream and its credentials, so that no two upstreams share a token and changed credentials get a new
 * one.
 */
function keyOf({ upstream, realm, service, repository }: TokenRequest): string {
  const { id, host, credentials } = upstream;
  const secret = createHash('sha256').update(JSON.stringify(credentials)).digest('base64');
  return JSON.stringify([String(id), host, realm.href, service, repository, secret]);
}
