// Whether what this process remembers of the database is still true. Triggers tell of each change by NOTIFY; the process asks itself,
// by a notification of its own, whether it has heard everything so far: PostgreSQL delivers them in the order of their commits.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DirectDatabase } from './db.ts';
import type { Log } from '#lib/platform/log.ts';
import { watchWrites } from './watch-writes.ts';

/** Milliseconds. What another process changed is known here at most so much later, however its notification got lost. */
const MAX_AGE = 1_000;
const SYNC_EVERY = 400;
const SYNC_TIMEOUT = 5_000;
const RECONNECT_AFTER = 1_000;

export type ChangeListener = {
  /** True: of every change that this process made, and of others' up to a second ago, `onChange` was called. */
  isCurrent: () => boolean;
  close: () => Promise<void>;
};

type Options = {
  /** Every statement of this process that changes something of interest goes through it. */
  pool: pg.Pool;
  /** What listens needs a session. */
  direct: DirectDatabase;
  channel: string;
  /** Null: anything may have changed, some notifications were missed. */
  onChange: (payload: string | null) => void;
  log: Log;
};

/** Where notifications can't be had, as behind a pooler that lends connections by the transaction, nothing is ever current. */
export function listenToChanges(options: Options): ChangeListener {
  return new Listener(options);
}

class Listener implements ChangeListener {
  readonly #options: Options;
  readonly #syncChannel = `vitrine_sync_${randomUUID().replaceAll('-', '')}`;
  readonly #writers = new Set<object>();
  #client: pg.Client | null = null;
  #isClosed = false;
  /** Counts what this process may have written; what was synced, and when that was asked. */
  #writes = 0;
  #syncedWrites = -1;
  #syncedAt = -Infinity;
  #sync: { writes: number; askedAt: number; timer: NodeJS.Timeout } | null = null;
  #reconnect: NodeJS.Timeout | null = null;

  constructor(options: Options) {
    this.#options = options;
    watchWrites(options.pool, {
      onBegin: (client) => {
        this.#writers.add(client);
        this.#writes += 1;
      },
      onEnd: (client) => void this.#writers.delete(client),
    });
    if (options.direct.hasSessions) void this.#connect();
  }

  isCurrent(): boolean {
    const age = performance.now() - this.#syncedAt;
    const isSynced = this.#writers.size === 0 && this.#syncedWrites === this.#writes;
    // Only who reads asks: writes alone need no answer.
    if (age > SYNC_EVERY || !isSynced) this.#ask();
    return age < MAX_AGE && isSynced;
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
      else this.#options.onChange(payload ?? null);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${this.#options.channel}; LISTEN ${this.#syncChannel}`);
    } catch (error) {
      if (!this.#isClosed) this.#options.log.warn({ err: error }, 'changes of the database can not be listened to now');
      await client.end().catch(() => undefined);
      return this.#tryLater();
    }
    if (this.#isClosed) return client.end();
    // Only from now on: what is asked before it listens is never answered.
    this.#client = client;
    this.#options.onChange(null);
    this.#ask();
  }

  /** Whether everything was heard that is committed by now. One question at a time. */
  #ask(): void {
    const client = this.#client;
    if (this.#sync || !client || this.#isClosed || this.#writers.size > 0) return;
    const timer = setTimeout(() => this.#lose(client), SYNC_TIMEOUT);
    timer.unref();
    this.#sync = { writes: this.#writes, askedAt: performance.now(), timer };
    client.query('SELECT pg_notify($1, $2)', [this.#syncChannel, '']).catch(() => this.#lose(client));
  }

  #hear(): void {
    if (!this.#sync) return;
    const { writes, askedAt, timer } = this.#sync;
    clearTimeout(timer);
    this.#sync = null;
    this.#syncedWrites = writes;
    this.#syncedAt = askedAt;
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return;
    // Not waited for: a connection that hangs ends when it may.
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
