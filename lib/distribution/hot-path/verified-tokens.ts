import { LRUCache } from 'lru-cache';
import type { RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { CacheCount } from '#lib/platform/metrics/cache-count.ts';

const MAX_TOKENS = 5000;

/** Caches verified bearer tokens, so that each signature is checked once. */
export class VerifiedTokens {
  readonly #tokens = new LRUCache<string, RegistryToken>({ max: MAX_TOKENS });
  readonly counts = new CacheCount();

  /** Null: not cached, or expired. */
  find(text: string): RegistryToken | null {
    const token = this.#tokens.get(text);
    return this.counts.note(token && token.expiresAt.getTime() > Date.now() ? token : null);
  }

  add(text: string, token: RegistryToken): void {
    this.#tokens.set(text, token);
  }
}
