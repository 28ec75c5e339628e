// A pg pool that tolerates a database without free connections.
import pg from 'pg';
import { errorCode } from '#lib/platform/errors.ts';

/** SQLSTATE too_many_connections, for the limits of the server, the user or a pooler. */
const TOO_MANY = '53300';
const RETRY_MS = 200;
/** How long a shrunk pool waits before it tries to grow again. */
const SHRUNK_MS = 5_000;
const FORGET_MS = 30_000;
/** More can't be served in time by a slow database, and only take memory. */
const MAX_WAITING = 2_000;

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

/**
 * When the database rejects further connections, requests queue for those the pool already has. The queue is bounded in length
 * and in time (`connectionTimeoutMillis`).
 */
export class QueueingPool extends pg.Pool {
  readonly #size: number;
  readonly #timeoutMs: number;
  /** Established connections. pg's own count includes those being opened. */
  #openCount = 0;
  #growing: NodeJS.Timeout | null = null;
  #lostAt = -Infinity;
  /** Since the process started, for metrics. */
  readonly counts = { acquired: 0, failed: 0, waitedMs: 0 };

  constructor(options: pg.PoolConfig & { max: number; connectionTimeoutMillis: number }) {
    super(options);
    this.#size = options.max;
    this.#timeoutMs = options.connectionTimeoutMillis;
    this.on('connect', (client) => {
      this.#openCount += 1;
      this.#lostAt = -Infinity;
      client.on('error', () => this.#lose());
    });
    this.on('remove', () => void (this.#openCount -= 1));
    this.on('error', () => this.#lose());
  }

  /** Whether a connection was lost or failed recently, and none was established since. */
  get isDatabaseUnavailable(): boolean {
    return performance.now() - this.#lostAt < FORGET_MS;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | void {
    if (callback) return this.#connect(this.#count(callback), performance.now() + this.#timeoutMs);
    return new Promise((resolve, reject) => {
      this.connect((error, client) => (client ? resolve(client) : reject(error ?? new Error('no connection'))));
    });
  }

  #count(callback: Callback): Callback {
    const startedMs = performance.now();
    return (error, client, done) => {
      if (client) this.counts.acquired += 1;
      else this.counts.failed += 1;
      this.counts.waitedMs += performance.now() - startedMs;
      callback(error, client, done);
    };
  }

  #connect(callback: Callback, deadline: number): void {
    if (this.waitingCount >= MAX_WAITING) {
      const error = Object.assign(new Error('too many requests wait for a connection'), { code: TOO_MANY });
      // Later, as pg does.
      return process.nextTick(() => callback(error, undefined, () => undefined));
    }
    super.connect((error, client, done) => {
      if (!error) return callback(error, client, done);
      const isRefused = errorCode(error) === TOO_MANY;
      if (isRefused && !this.ending && performance.now() < deadline) return this.#wait(callback, deadline);
      this.#lose();
      callback(error, client, done);
    });
  }

  #wait(callback: Callback, deadline: number): void {
    if (this.#openCount === 0) {
      setTimeout(() => this.#connect(callback, deadline), RETRY_MS * (0.5 + Math.random()));
      return;
    }
    // Shrink the pool to its open connections, so that it queues instead of retrying a connection for each waiting request.
    this.options.max = this.#openCount;
    this.#growing ??= setTimeout(() => {
      this.#growing = null;
      this.options.max = this.#size;
    }, SHRUNK_MS).unref();
    this.#connect(callback, deadline);
  }

  #lose(): void {
    this.#lostAt = performance.now();
  }
}
