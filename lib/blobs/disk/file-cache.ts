import { LRUCache } from 'lru-cache';
import type { Stats } from 'node:fs';
import type { MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';
import type { OpenFile } from './open-file.ts';

/** Hot blobs are asked for many times a second. */
const MAX_FILES = 256;
/** Bytes that another process has removed take their room on the disk as long as somebody holds them open. */
const HELD_FOR_MS = 10_000;

/** A file that several may read at once; whoever has it lets go of it once. */
export type SharedFile = { file: OpenFile; stats: Stats; release: () => MaybePromise<void> };

type Held = { file: OpenFile; users: number };

/**
 * Files held open for the next who asks for the same. One that was removed, or that another has taken the place of, has no name
 * any more: that can be seen of the open file itself, so what is given is what the path leads to.
 */
export class FileCache {
  readonly #held = new LRUCache<string, Held>({
    max: MAX_FILES,
    ttl: HELD_FOR_MS,
    ttlAutopurge: true,
    // Nobody waits for it, and of a file that was only read nothing can be lost.
    dispose: (held) => void Promise.resolve(leave(held)).catch(() => undefined),
  });

  /** What is at hand, without a way to the disk; null: nothing that still has its name. */
  find(key: string): SharedFile | null {
    const held = this.#held.get(key);
    if (!held) return null;
    const stats = held.file.stats();
    if (stats.nlink > 0) return share(held, stats);
    this.#held.delete(key);
    return null;
  }

  /** `file` is the cache's to close. */
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

function leave(held: Held): MaybePromise<void> {
  held.users -= 1;
  if (held.users === 0) return held.file.close();
}
