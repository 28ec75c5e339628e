// The database: one pg pool, and the Prisma client on top of it.
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { forgetNames } from './forget-names.ts';
import { PatientPool } from './patient-pool.ts';
import { PrismaClient, type Prisma } from '../prisma/client.ts';

export type Db = PrismaClient;
/** A transaction of `Db`, or `Db` itself. */
export type DbOrTx = PrismaClient | Prisma.TransactionClient;

const POOL_SIZE = 12;
/** Jobs that run, graphile-worker's LISTEN, and one to spare. */
const DIRECT_POOL_SIZE = 4;
const CONNECT_TIMEOUT_MS = 10_000;
/** Milliseconds. A burst waits for its turn in the pool instead of failing, as long as a client may be expected to. */
const TRANSACTION = { maxWait: 15_000, timeout: 30_000 };

/** Connections past a pooler: what listens, locks for long, or works off jobs goes there. */
export type DirectDatabase = {
  /** The same pool as everything else's where no pooler is in between. */
  pool: pg.Pool;
  /** False: a pooler lends these connections by the transaction, too. What a session holds is lost, or never released. */
  hasSessions: boolean;
};

export type Database = {
  db: Db;
  pool: PatientPool;
  direct: DirectDatabase;
  /** New connections go there, also those that others make with the pool's options. */
  moveTo: (url: string) => void;
  close: () => Promise<void>;
};

export type DatabaseOptions = {
  onError: (error: Error) => void;
  poolSize?: number;
  /** Left out: as the pool's. */
  directUrl?: string | undefined;
  hasSessions?: boolean;
  usesPreparedStatements?: boolean;
};

export function openDatabase(url: string, options: DatabaseOptions): Database {
  const { onError, poolSize = POOL_SIZE, directUrl, hasSessions = true, usesPreparedStatements = true } = options;
  const pool = openPool(url, poolSize, onError);
  if (!usesPreparedStatements) forgetNames(pool);
  const directPool = directUrl === undefined ? pool : openPool(directUrl, DIRECT_POOL_SIZE, onError);
  const db = new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: TRANSACTION });
  return {
    db,
    pool,
    direct: { pool: directPool, hasSessions },
    moveTo: (newUrl) => {
      pool.options.connectionString = newUrl;
    },
    close: async () => {
      await db.$disconnect();
      for (const open of new Set([pool, directPool])) if (!open.ended) await open.end();
    },
  };
}

function openPool(url: string, size: number, onError: (error: Error) => void): PatientPool {
  const pool = new PatientPool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'vitrine',
    // Statements of one connection that nobody waits for in between go out together.
    pipeline: true,
  });
  // An idle connection that the server closes must not end the process; the pool opens a new one.
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}
