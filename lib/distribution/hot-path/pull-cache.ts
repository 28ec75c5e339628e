// Caches what docker pull reads: the repository behind a name, the manifest behind a reference, and the link to a blob.
// An entry counts only while this process knows of every change (platform/pg/change-listener.ts). The triggers that
// announce changes are in the migrations pull_changes and right_changes. Absence is never cached.
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { announceWrites } from '#lib/platform/processes/announce-writes.ts';
import { listenToChanges } from '#lib/platform/pg/change-listener.ts';
import type { DirectDatabase } from '#lib/platform/pg/db.ts';
import { CacheCount } from '#lib/platform/metrics/cache-count.ts';
import type { Log } from '#lib/platform/log.ts';
import { shareWrites } from '#lib/platform/processes/share-writes.ts';
import type { Siblings } from '#lib/platform/processes/siblings.ts';
import { createPullRights, type PullRights } from './pull-rights.ts';
import {
  ADDING_STATEMENTS,
  CONTENT_STATEMENTS,
  COUNTING_STATEMENTS,
  createPushRights,
  type PushRights,
} from './push-rights.ts';

/** The triggers' channel. A notification is the id of a repository that changed or lost content, or `*`. */
const CHANNEL = 'pull_changes';
/** A notification is the id of a user who may have lost a right. */
const RIGHTS_CHANNEL = 'right_changes';

/** A notification without payload: the site's settings have changed. */
const SITE_CHANNEL = 'site_changes';

/** Of all processes of a machine together. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Larger entries, such as manifests with thousands of annotations, are never cached. */
const MAX_ENTRY_BYTES = 256 * 1024;
/** Rough size of an entry without its payload. */
const ENTRY_BYTES = 512;
/** Rough size of a compiled policy. Several repositories may share one. */
const POLICY_BYTES = 16 * 1024;
const MAX_REPOSITORIES = 100_000;

const UNANNOUNCED = new Set([...ADDING_STATEMENTS, ...COUNTING_STATEMENTS]);

type Entry = { stamp: number; value: unknown; sizeBytes: number };

/** `key` names a part of the repository's content. Each kind of key belongs to one type of value. */
export type ContentKey = { repositoryId: bigint; key: string };

export type PullCache = {
  /** Null: not cached, or no longer known to be current. */
  findRepository: (fullName: string) => FoundRepository | null;
  repository: (fullName: string, load: () => Promise<FoundRepository | null>) => Promise<FoundRepository | null>;
  /** Null: not cached, or no longer known to be current. */
  findContent: <Value extends object>(of: ContentKey) => Value | null;
  /** @param payloadBytes memory that the value takes beside its fields */
  content: <Value extends object>(
    of: ContentKey,
    load: () => Promise<Value>,
    payloadBytes?: (value: Value) => number,
  ) => Promise<Value>;
  /** Drops what this process has changed itself, because an outage may delay the notification. */
  forgetContent: (of: ContentKey) => void;
  /** @param change the payload of a notification */
  forget: (change: string | null) => void;
  counts: { repositories: CacheCount; content: CacheCount };
};

type PullCacheOptions = {
  pool: pg.Pool;
  direct: DirectDatabase;
  log: Log;
  /** Called when the site's settings may have changed. */
  onSiteChange: () => void;
  /** The other processes of the machine, which learn of each write before it is acknowledged. */
  siblings: Siblings | null;
  /** Called when another process of the machine has changed more than content. */
  onSiblingWrite: () => void;
};

/** Call it before the first statement goes through `pool`. */
export function openPullCache(options: PullCacheOptions): {
  pullCache: PullCache;
  pullRights: PullRights;
  pushRights: PushRights;
  close: () => Promise<void>;
} {
  const isCurrent = () => changes.isCurrent();
  const mayBeUsed = () => changes.isCurrent() || changes.isUsableInOutage();
  const pullCache = createPullCache(mayBeUsed, MAX_BYTES / (options.siblings?.part.serverCount ?? 1));
  const pullRights = createPullRights(isCurrent);
  const pushRights = createPushRights(() => changes.isCurrentBesideContent());
  const channels = {
    [CHANNEL]: (change: string | null) => {
      pullCache.forget(change);
      pushRights.forgetRepository(change);
    },
    [RIGHTS_CHANNEL]: (change: string | null) => {
      pullRights.forget(change);
      pushRights.forgetUser(change);
    },
    [SITE_CHANNEL]: options.onSiteChange,
  };
  const changes = listenToChanges({
    ...options,
    channels,
    contentStatements: CONTENT_STATEMENTS,
    countingStatements: COUNTING_STATEMENTS,
  });
  if (options.siblings && options.direct.hasSessions) {
    const kinds = { content: CONTENT_STATEMENTS, unannounced: UNANNOUNCED };
    const announce = shareWrites(options.siblings, (kind) => {
      changes.noteWrite(kind === 'content');
      if (kind === 'other') options.onSiblingWrite();
    });
    announceWrites(options.pool, kinds, announce);
  }
  return { pullCache, pullRights, pushRights, close: changes.close.bind(changes) };
}

/** @param isCurrent asked at every read; while it is false, every read goes to the database */
export function createPullCache(isCurrent: () => boolean, maxBytes = MAX_BYTES): PullCache {
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    maxEntrySize: MAX_ENTRY_BYTES,
    sizeCalculation: (entry) => entry.sizeBytes,
  });
  /** Stamps by repository id. An entry is current while its repository still has the entry's stamp. */
  const stamps = new Map<bigint, number>();
  const counts = { repositories: new CacheCount(), content: new CacheCount() };
  let lastStamp = 0;
  let changes = 0;

  /** A forgotten stamp is never reused. */
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

  /** Doesn't cache what was read before a change that arrived during the read. */
  const read = async <Value>(load: () => Promise<Value>, keepRead: (value: Value) => void): Promise<Value> => {
    const before = changes;
    const value = await load();
    if (changes === before) keepRead(value);
    return value;
  };

  const findRepository = (fullName: string): FoundRepository | null => {
    const entry = find(fullName);
    const known = entry?.value as FoundRepository | undefined;
    return counts.repositories.note(known && stamps.get(known.id) === entry?.stamp ? known : null);
  };
  const keyOf = (stamp: number, key: string) => `${stamp} ${key}`;
  const findContent = <Value extends object>({ repositoryId, key }: ContentKey): Value | null => {
    const stamp = stamps.get(repositoryId);
    const entry = stamp === undefined ? undefined : find(keyOf(stamp, key));
    return counts.content.note((entry?.value as Value | undefined) ?? null);
  };

  return {
    findRepository,
    repository: async (fullName, load) =>
      findRepository(fullName) ??
      (await read(load, (found) => found && keep(fullName, stampOf(found.id), found, found.policy ? POLICY_BYTES : 0))),
    findContent,
    content: async <Value extends object>(
      of: ContentKey,
      load: () => Promise<Value>,
      payloadBytes: (value: Value) => number = () => 0,
    ) =>
      findContent<Value>(of) ??
      (await read(load, (value) => {
        const stamp = stampOf(of.repositoryId);
        keep(keyOf(stamp, of.key), stamp, value, payloadBytes(value));
      })),
    forgetContent: ({ repositoryId, key }) => {
      changes += 1;
      const stamp = stamps.get(repositoryId);
      if (stamp !== undefined) entries.delete(keyOf(stamp, key));
    },
    forget: (change) => {
      changes += 1;
      if (change === null || change === '*') stamps.clear();
      else stamps.delete(BigInt(change));
    },
    counts,
  };
}
