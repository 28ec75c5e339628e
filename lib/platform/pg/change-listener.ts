// Tracks whether caches of database rows are current. Triggers announce each change by NOTIFY. To confirm that it has received
// everything so far, the process notifies itself, because PostgreSQL delivers notifications in commit order.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { errorCode } from '#lib/platform/errors.ts';
import { mayPass } from './database-errors.ts';
import type { DirectDatabase } from './db.ts';
import type { Log } from '#lib/platform/log.ts';
import { watchWrites } from './watch-writes.ts';
import { listenTo, notify } from './change-listener.sql.ts';

/** Milliseconds. Caches are stale for at most this long, even if a notification is lost. */
export const MAX_STALE_MS = 1_000;
const SYNC_EVERY = 400;
const SYNC_TIMEOUT = 5_000;
const RECONNECT_AFTER = 1_000;
const CONNECT_TIMEOUT = 10_000;
/** SQLSTATE too_many_connections. */
const TOO_MANY = '53300';
/** How long a database may be slow or away before nothing counts as current any more. Longer than a failover takes. */
const MAX_OUTAGE_MS = 300_000;

export type ChangeListener = {
  /** True if all changes of this process have been announced, and those of others up to a second ago. */
  isCurrent: () => boolean;
  /** Same, but for all changes except those by `contentStatements`. */
  isCurrentBesideContent: () => boolean;
  /**
   * True while the database is slow or away, if this process knew of every change at most five minutes ago, and has since made only
   * changes by `contentStatements`, whose caller drops what they change.
   */
  isUsableInOutage: () => boolean;
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
  /** The same, and all by other processes of this machine. */
  readonly #foreignWrites = new Writes();
  readonly #kinds: readonly Writes[];
  #client: pg.Client | null = null;
  #isClosed = false;
  /** When the last sync started. */
  #syncedAt = -Infinity;
  /** The same, also after the connection was lost. */
  #provenAt = -Infinity;
  #lastSyncMs = 0;
  /** Whether the connection was lost, or the last attempt to connect got no answer. A refused one got an answer. */
  #isUnreachable = false;
  #sync: { end: () => void; timer: NodeJS.Timeout; askedAt: number } | null = null;
  #reconnect: NodeJS.Timeout | null = null;

  constructor(options: Options) {
    this.#options = options;
    this.#kinds = [this.#allWrites, this.#otherWrites, this.#foreignWrites];
    const listener = {
      onBegin: (client: object, isContent: boolean) => {
        this.#allWrites.begin(client);
        if (isContent) return;
        this.#otherWrites.begin(client);
        this.#foreignWrites.begin(client);
      },
      onEnd: (client: object) => {
        for (const writes of this.#kinds) writes.end(client);
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

  isUsableInOutage(): boolean {
    const now = performance.now();
    const age = now - this.#provenAt;
    // Also while content is being written, as it always is by slow pushes.
    if (age > SYNC_EVERY && !this.#foreignWrites.isRunning) this.#ask();
    const isAway = this.#isUnreachable || (this.#sync !== null && now - this.#sync.askedAt > MAX_STALE_MS);
    // The answer to a slow sync is already old, and the next one is as slow.
    const isSlow = this.#lastSyncMs > MAX_STALE_MS && age < MAX_STALE_MS + 2 * this.#lastSyncMs;
    return (isSlow || (isAway && age < MAX_OUTAGE_MS)) && this.#foreignWrites.isSynced;
  }

  noteWrite(isContent: boolean): void {
    this.#allWrites.note();
    this.#foreignWrites.note();
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
      connectionTimeoutMillis: CONNECT_TIMEOUT,
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
      this.#isUnreachable = mayPass(error) && errorCode(error) !== TOO_MANY;
      // Not awaited, because a hanging connection may take long to close.
      client.end().catch(() => undefined);
      return this.#tryLater(RECONNECT_AFTER);
    }
    if (this.#isClosed) return client.end();
    // Set only now, because a sync before LISTEN would never be answered.
    this.#client = client;
    this.#isUnreachable = false;
    for (const onChange of Object.values(this.#options.channels)) onChange(null);
    this.#ask();
  }

  /** Starts a sync: once our own notification arrives, all earlier commits have been received. One sync at a time. */
  #ask(): void {
    const client = this.#client;
    if (this.#sync || !client || this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#isUnreachable = true;
      this.#lose(client);
    }, SYNC_TIMEOUT);
    timer.unref();
    const askedAt = performance.now();
    const ends = this.#kinds.map((writes) => writes.beginSync());
    const end = () => {
      this.#syncedAt = askedAt;
      this.#provenAt = askedAt;
      this.#lastSyncMs = performance.now() - askedAt;
      for (const endOne of ends) endOne();
    };
    this.#sync = { end, timer, askedAt };
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
    // Until the next attempt is answered, because pulls would meet the same database. But this connection alone may have been dead for
    // long, and changes missed.
    if (performance.now() - this.#provenAt < MAX_STALE_MS) this.#isUnreachable = true;
    // Not awaited, because a hanging connection may take long to close.
    this.#drop()
      ?.end()
      .catch(() => undefined);
    // At once, to learn whether only this connection was lost.
    this.#tryLater(0);
  }

  #tryLater(ms: number): void {
    if (this.#isClosed) return;
    this.#reconnect = setTimeout(() => void this.#connect(), ms);
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
