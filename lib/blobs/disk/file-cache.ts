import { LRUCache } from 'lru-cache';
import type { Stats } from 'node:fs';
import type { OpenFile } from './open-file.ts';

/** Hot blobs are opened many times a second. */
const MAX_FILES = 256;
/** Files that another process removed occupy the disk while somebody holds them open. */
const HELD_FOR_MS = 10_000;

/** A file with several readers. Each releases it exactly once. */
export type SharedFile = { file: OpenFile; stats: Stats; release: () => Promise<void> };

type Held = { file: OpenFile; users: number };

/**
 * Holds files open for their next reader. A file that was removed or replaced has no name left, which the open file itself shows. So
 * the cache always returns what the path leads to.
 */
export class FileCache {
  readonly #held = new LRUCache<string, Held>({
    max: MAX_FILES,
    ttl: HELD_FOR_MS,
    ttlAutopurge: true,
    // Nobody awaits it, and nothing can be lost of a file that was only read.
    dispose: (held) => void leave(held).catch(() => undefined),
  });

  /** Finds a file without asking the disk. Returns null when the cache has none that still has its name. */
  find(key: string): SharedFile | null {
    const held = this.#held.get(key);
    if (!held) return null;
    const stats = held.file.stats();
    if (stats.nlink > 0) return share(held, stats);
    this.#held.delete(key);
    return null;
  }

  /** Takes `file` over: the cache closes it. */
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
