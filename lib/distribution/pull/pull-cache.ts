// What docker pull asks for again and again, in memory: which repository a name is, what a tag points at, which blobs are linked. It
// answers only while the process knows of every change (platform/pg/change-listener.ts); the triggers that tell of them are in the
// migration pull_changes. What isn't there is not remembered.
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { listenToChanges } from '#lib/platform/pg/change-listener.ts';
import type { DirectDatabase } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import type { MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';

/** Of the triggers: the id of a repository of which something was changed or removed, or `*`. */
const CHANNEL = 'pull_changes';

const MAX_BYTES = 64 * 1024 * 1024;
/** Larger ones, of manifests with thousands of annotations, are read each time. */
const MAX_ENTRY_BYTES = 256 * 1024;
/** Of an entry itself, about. */
const ENTRY_BYTES = 512;
const MAX_REPOSITORIES = 100_000;

type Entry = { stamp: number; value: unknown; sizeBytes: number };

/** What is known is answered at once, without a promise. */
export type PullCache = {
  repository: (fullName: string, load: () => Promise<FoundRepository | null>) => MaybePromise<FoundRepository | null>;
  /** Of one repository; `key` says what. `payloadBytes`: how much memory it takes beside its fields. */
  content: <Value extends object>(
    of: { repositoryId: bigint; key: string },
    load: () => Promise<Value>,
    payloadBytes?: (value: Value) => number,
  ) => MaybePromise<Value>;
  /** By what a notification says. */
  forget: (change: string | null) => void;
};

/** Before the first statement goes through `pool`. */
export function openPullCache(options: {
  pool: pg.Pool;
  direct: DirectDatabase;
  log: Log;
}): PullCache & { close: () => Promise<void> } {
  const cache = createPullCache(() => changes.isCurrent());
  const changes = listenToChanges({ ...options, channel: CHANNEL, onChange: cache.forget });
  return { ...cache, close: changes.close.bind(changes) };
}

/** @param isCurrent asked at every read: false sends it to the database */
export function createPullCache(isCurrent: () => boolean): PullCache {
  const entries = new LRUCache<string, Entry>({
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_ENTRY_BYTES,
    sizeCalculation: (entry) => entry.sizeBytes,
  });
  /** By the id of a repository. An entry is good as long as its repository has the stamp that it had. */
  const stamps = new Map<bigint, number>();
  let lastStamp = 0;
  let changes = 0;

  /** One that was forgotten never comes again. */
  const stampOf = (repositoryId: bigint) => {
    const known = stamps.get(repositoryId);
    if (known !== undefined) return known;
    if (stamps.size >= MAX_REPOSITORIES) stamps.clear();
    stamps.set(repositoryId, (lastStamp += 1));
    return lastStamp;
  };
  const find = (key: string): Entry | undefined => (isCurrent() ? entries.get(key) : undefined);
  const keep = (key: string, stamp: number, value: unknown, payloadBytes: number) => {
    entries.set(key, { stamp, value, sizeBytes: ENTRY_BYTES + payloadBytes });
  };

  /** What was read before a change that came meanwhile is not kept. */
  const read = async <Value>(load: () => Promise<Value>, keepRead: (value: Value) => void): Promise<Value> => {
    const before = changes;
    const value = await load();
    if (changes === before) keepRead(value);
    return value;
  };

  return {
    repository: (fullName, load) => {
      const entry = find(fullName);
      const known = entry?.value as FoundRepository | undefined;
      if (known && stamps.get(known.id) === entry?.stamp) return known;
      return read(load, (found) => found && keep(fullName, stampOf(found.id), found, 0));
    },
    content: ({ repositoryId, key }, load, payloadBytes = () => 0) => {
      const keyOf = (stamp: number) => `${stamp} ${key}`;
      const stamp = stamps.get(repositoryId);
      const entry = stamp === undefined ? undefined : find(keyOf(stamp));
      if (entry) return entry.value as Awaited<ReturnType<typeof load>>;
      return read(load, (value) => {
        const newStamp = stampOf(repositoryId);
        keep(keyOf(newStamp), newStamp, value, payloadBytes(value));
      });
    },
    forget: (change) => {
      changes += 1;
      if (change === null || change === '*') stamps.clear();
      else stamps.delete(BigInt(change));
    },
  };
}
