// Tracks whether caches of database rows are current. Triggers announce each change by NOTIFY. To confirm that it has received
// everything so far, the process notifies itself, because PostgreSQL delivers notifications in commit order.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DirectDatabase } from './db.ts';
import type { Log } from '#lib/platform/log.ts';
import { watchWrites } from './watch-writes.ts';
import { listenTo, notify } from './change-listener.sql.ts';

/** Milliseconds. Caches are stale for at most this long, even if a notification is lost. */
export const MAX_STALE_MS = 1_000;
const SYNC_EVERY = 400;
const SYNC_TIMEOUT = 5_000;
const RECONNECT_AFTER = 1_000;

export type ChangeListener = {
  /** True if all changes of this process have been announced, and those of others up to a second ago. */
  isCurrent: () => boolean;
  /** Same, but for all changes except those by `contentStatements`. */
  isCurrentBesideContent: () => boolean;
  /** Another process of this machine has written. Until the next sync, nothing counts as current. */
  noteWrite: (isContent: boolean) => void;
  close: () => Promise<void>;
};

type Options = {
  /** All relevant writes of this process must use this pool. */
  pool: pg.Pool;
  /** Used to LISTEN, which needs a session. */
  direct: DirectDatabase;
  /**
   * What to call for a notification, by channel. A null payload means that notifications may have been missed, so
   * anything may have changed.
   */
  channels: Record<string, (payload: string | null) => void>;
  /** Names of prepared statements whose writes don't count for `isCurrentBesideContent`. */
  contentStatements?: ReadonlySet<string>;
  /** Names of those whose writes make nothing stale. */
  countingStatements?: ReadonlySet<string>;
  log: Log;
};

/** The possible writes by this process, of one kind. */
class Writes {
  readonly #writers = new Set<object>();
  /** The number of writes, and the number at the last sync. */
  #count = 0;
  #syncedCount = -1;

  begin(client: object): void {
    this.#writers.add(client);
    this.#count += 1;
  }

  end(client: object): void {
    this.#writers.delete(client);
  }

  /** A write that has ended already. */
  note(): void {
    this.#count += 1;
  }

  get isRunning(): boolean {
    return this.#writers.size > 0;
  }

  get isSynced(): boolean {
    return !this.isRunning && this.#syncedCount === this.#count;
  }

  /** Returns a function that marks the writes so far as announced. A write that is running now would be missed. */
  beginSync(): () => void {
    const count = this.isRunning ? this.#syncedCount : this.#count;
    return () => void (this.#syncedCount = count);
  }
}

/** Starts listening. Without sessions, as behind a pooler in transaction mode, `isCurrent` is always false. */
export function listenToChanges(options: Options): ChangeListener {
  return new Listener(options);
}

class Listener implements ChangeListener {
  readonly #options: Options;
  readonly #syncChannel = `vitrine_sync_${randomUUID().replaceAll('-', '')}`;
  readonly #allWrites = new Writes();
  /** Without those by `contentStatements`. */
  readonly #otherWrites = new Writes();
  #client: pg.Client | null = null;
  #isClosed = false;
  /** When the last sync started. */
  #syncedAt = -Infinity;
  #sync: { end: () => void; timer: NodeJS.Timeout } | null = null;
  #reconnect: NodeJS.Timeout | null = null;

  constructor(options: Options) {
    this.#options = options;
    const listener = {
      onBegin: (client: object, isContent: boolean) => {
        this.#allWrites.begin(client);
        if (!isContent) this.#otherWrites.begin(client);
      },
      onEnd: (client: object) => {
        this.#allWrites.end(client);
        this.#otherWrites.end(client);
      },
    };
    watchWrites(options.pool, listener, { known: options.contentStatements, ignored: options.countingStatements });
    if (options.direct.hasSessions) void this.#connect();
  }

  isCurrent(): boolean {
    return this.#isCurrent(this.#allWrites);
  }

  isCurrentBesideContent(): boolean {
    return this.#isCurrent(this.#otherWrites);
  }

  noteWrite(isContent: boolean): void {
    this.#allWrites.note();
    if (!isContent) this.#otherWrites.note();
  }

  #isCurrent(writes: Writes): boolean {
    const age = performance.now() - this.#syncedAt;
    const { isSynced } = writes;
    // Sync on reads only, because writes alone don't need it.
    if ((age > SYNC_EVERY || !isSynced) && !writes.isRunning) this.#ask();
    return age < MAX_STALE_MS && isSynced;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#reconnect) clearTimeout(this.#reconnect);
    await this.#drop()?.end();
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#options.direct.pool.options.connectionString,
      application_name: 'vitrine changes',
      keepAlive: true,
    });
    client.on('error', () => undefined);
    client.on('end', () => this.#lose(client));
    client.on('notification', ({ channel, payload }) => {
      if (channel === this.#syncChannel) this.#hear();
      else this.#options.channels[channel]?.(payload ?? null);
    });
    try {
      await client.connect();
      await listenTo(client, [...Object.keys(this.#options.channels), this.#syncChannel]);
    } catch (error) {
      if (!this.#isClosed) this.#options.log.warn({ err: error }, 'failed to listen for database changes, retrying');
      await client.end().catch(() => undefined);
      return this.#tryLater();
    }
    if (this.#isClosed) return client.end();
    // Set only now, because a sync before LISTEN would never be answered.
    this.#client = client;
    for (const onChange of Object.values(this.#options.channels)) onChange(null);
    this.#ask();
  }

  /** Starts a sync: once our own notification arrives, all earlier commits have been received. One sync at a time. */
  #ask(): void {
    const client = this.#client;
    if (this.#sync || !client || this.#isClosed) return;
    const timer = setTimeout(() => this.#lose(client), SYNC_TIMEOUT);
    timer.unref();
    const [askedAt, ...ends] = [performance.now(), this.#allWrites.beginSync(), this.#otherWrites.beginSync()];
    const end = () => {
      this.#syncedAt = askedAt;
      for (const endOne of ends) endOne();
    };
    this.#sync = { end, timer };
    notify(client, this.#syncChannel).catch(() => this.#lose(client));
  }

  #hear(): void {
    if (!this.#sync) return;
    const { end, timer } = this.#sync;
    clearTimeout(timer);
    this.#sync = null;
    end();
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return;
    // Not awaited, because a hanging connection may take long to close.
    this.#drop()
      ?.end()
      .catch(() => undefined);
    this.#tryLater();
  }

  #tryLater(): void {
    if (this.#isClosed) return;
    this.#reconnect = setTimeout(() => void this.#connect(), RECONNECT_AFTER);
    this.#reconnect.unref();
  }

  #drop(): pg.Client | null {
    const client = this.#client;
    this.#client = null;
    if (this.#sync) clearTimeout(this.#sync.timer);
    this.#sync = null;
    this.#syncedAt = -Infinity;
    return client;
  }
}
