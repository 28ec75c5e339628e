import { LRUCache } from 'lru-cache';
import type { BlobKey } from '#lib/blobs/blob-store.ts';
import type { LinkedBlob } from '#lib/distribution/pull/open-stored-blob.ts';

const MAX_REMEMBERED = 10_000;

/**
 * Remembers the blobs that this process linked to a repository lately. A link may be gone meanwhile, so this
 * saves a lookup only where the link is checked afterwards.
 */
export class RecentLinks {
  readonly #links = new LRUCache<string, BlobKey>({ max: MAX_REMEMBERED });

  add(of: LinkedBlob, key: BlobKey): void {
    this.#links.set(keyOf(of), key);
  }

  find(of: LinkedBlob): BlobKey | null {
    return this.#links.get(keyOf(of)) ?? null;
  }
}

function keyOf({ repositoryId, digest }: LinkedBlob): string {
  return `${repositoryId} ${digest}`;
}
