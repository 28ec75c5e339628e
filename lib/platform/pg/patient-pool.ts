// pg's pool, for a database that has few connections to give, or none for the moment.
import pg from 'pg';
import { errorCode } from '#lib/platform/errors.ts';

/** SQLSTATE of a connection that was refused because all are taken: of the server, of the user, or of the pooler. */
const TOO_MANY = '53300';
const RETRY_MS = 200;
/** So long a pool does not try to grow again. */
const SHRUNK_MS = 5_000;
const FORGET_MS = 30_000;

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

/** Where the database refuses another connection, whoever asks for one waits for one that the pool has. */
export class PatientPool extends pg.Pool {
  readonly #size: number;
  readonly #timeoutMs: number;
  /** Connections it has. Its own count includes those that are still asked for. */
  #openCount = 0;
  #growing: NodeJS.Timeout | null = null;
  #lostAt = -Infinity;

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

  /** A connection was lost, or could not be made, and none has been made since. */
  get isDatabaseAway(): boolean {
    return performance.now() - this.#lostAt < FORGET_MS;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | void {
    if (callback) return this.#connect(callback, performance.now() + this.#timeoutMs);
    return new Promise((resolve, reject) => {
      this.connect((error, client) => (client ? resolve(client) : reject(error ?? new Error('no connection'))));
    });
  }

  #connect(callback: Callback, deadline: number): void {
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
    // A full pool queues. With those it was about to open it would look as if there were room, and be refused for each that waits.
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
