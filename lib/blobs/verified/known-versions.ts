import { LRUCache } from 'lru-cache';
import { toMapKey, type BlobKey } from '#lib/blobs/blob-store.ts';

const VERIFIED_FOR_MS = 24 * 60 * 60 * 1000;
const MAX_REMEMBERED = 20_000;

/** Caches which stored versions matched their digest and which didn't. */
export class KnownVersions {
  readonly #right = new LRUCache<string, string>({ max: MAX_REMEMBERED, ttl: VERIFIED_FOR_MS });
  readonly #wrong = new LRUCache<string, string>({ max: MAX_REMEMBERED });

  addRight(key: BlobKey, version: string): void {
    this.#right.set(toMapKey(key), version);
  }

  addWrong(key: BlobKey, version: string): void {
    this.#wrong.set(toMapKey(key), version);
  }

  findRight(key: BlobKey): string | undefined {
    return this.#right.get(toMapKey(key));
  }

  isRight(key: BlobKey, version: string): boolean {
    return this.findRight(key) === version;
  }

  isWrong(key: BlobKey, version: string): boolean {
    return this.#wrong.size > 0 && this.#wrong.get(toMapKey(key)) === version;
  }
}
