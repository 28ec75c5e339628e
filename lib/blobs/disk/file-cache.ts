import { LRUCache } from 'lru-cache';
import type { Stats } from 'node:fs';
import type { OpenFile } from './open-file.ts';

const MAX_FILES = 256;
/** A file that another process removed still occupies the disk while it is cached. */
const HELD_FOR_MS = 10_000;

/** An open file shared by several readers. Each releases it exactly once. */
export type SharedFile = { file: OpenFile; stats: Stats; release: () => Promise<void> };

type Held = { file: OpenFile; users: number };

/**
 * Caches open files. A removed or replaced file has a link count of 0, which evicts it. The cache therefore always
 * returns the file that is currently at the path.
 */
export class FileCache {
  readonly #held = new LRUCache<string, Held>({
    max: MAX_FILES,
    ttl: HELD_FOR_MS,
    ttlAutopurge: true,
    // Closing a file that was only read can't lose data.
    dispose: (held) => void leave(held).catch(() => undefined),
  });

  /** Finds a cached file without disk access. Returns null on a miss, or if the file was removed or replaced. */
  find(key: string): SharedFile | null {
    const held = this.#held.get(key);
    if (!held) return null;
    const stats = held.file.stats();
    if (stats.nlink > 0) return share(held, stats);
    this.#held.delete(key);
    return null;
  }

  /** Caches `file` and takes ownership of it. */
  add(key: string, file: OpenFile): SharedFile {
    const held = { file, users: 1 };
    this.#held.set(key, held);
    return share(held, file.stats());
  }

  forget(key: string): void {
    this.#held.delete(key);
  }

  clear(): void {
    this.#held.clear();
  }
}

function share(held: Held, stats: Stats): SharedFile {
  held.users += 1;
  return { file: held.file, stats, release: () => leave(held) };
}

async function leave(held: Held): Promise<void> {
  held.users -= 1;
  if (held.users === 0) await held.file.close();
}
