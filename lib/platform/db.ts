// The database: one pg pool, and the Prisma client on top of it.
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient, type Prisma } from './prisma/client.ts';

export type Db = PrismaClient;
/** A transaction of `Db`, or `Db` itself. */
export type DbOrTx = PrismaClient | Prisma.TransactionClient;

const POOL_SIZE = 12;
const CONNECT_TIMEOUT_MS = 10_000;
/** Milliseconds. A burst waits for its turn in the pool instead of failing, as long as a client may be expected to. */
const TRANSACTION = { maxWait: 15_000, timeout: 30_000 };

export type Database = {
  db: Db;
  pool: pg.Pool;
  /** New connections go there, also those that others make with the pool's options. */
  moveTo: (url: string) => void;
  close: () => Promise<void>;
};

export function openDatabase(url: string, onError: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'vitrine',
    // Statements of one connection that nobody waits for in between go out together.
    pipeline: true,
  });
  // An idle connection that the server closes must not end the process; the pool opens a new one.
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  const db = new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: TRANSACTION });
  return {
    db,
    pool,
    moveTo: (newUrl) => {
      pool.options.connectionString = newUrl;
    },
    close: async () => {
      await db.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}
