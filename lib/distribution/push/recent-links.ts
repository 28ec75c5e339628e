import { LRUCache } from 'lru-cache';
import type { Digest } from '#lib/oci/digest.ts';
import type { LinkedBlob } from '#lib/distribution/pull/open-stored-blob.ts';

const MAX_REMEMBERED = 10_000;

/**
 * Remembers the SHA-256 of blobs that this process linked to a repository lately. A link may be gone meanwhile, so this
 * saves a lookup only where the link is checked afterwards.
 */
export class RecentLinks {
  readonly #links = new LRUCache<string, Digest>({ max: MAX_REMEMBERED });

  add(of: LinkedBlob, sha256: Digest): void {
    this.#links.set(keyOf(of), sha256);
  }

  find(of: LinkedBlob): Digest | null {
    return this.#links.get(keyOf(of)) ?? null;
  }
}

function keyOf({ repositoryId, digest }: LinkedBlob): string {
  return `${repositoryId} ${digest}`;
}
