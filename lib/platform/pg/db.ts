// Opens the database: a pg pool and a Prisma client on top of it.
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { stripStatementNames } from './pool/strip-statement-names.ts';
import { dropDeadConnections } from './pool/drop-dead-connections.ts';
import { QueueingPool } from './pool/queueing-pool.ts';
import { PrismaClient, type Prisma } from '../prisma/client.ts';

export type Db = PrismaClient;
/** A transaction of `Db`, or `Db` itself. */
export type DbOrTx = PrismaClient | Prisma.TransactionClient;

const POOL_SIZE = 12;
/** Running jobs, graphile-worker's LISTEN and one spare. */
const DIRECT_POOL_SIZE = 4;
const CONNECT_TIMEOUT_MS = 10_000;
/** After this much silence, the operating system checks ten times a second apart whether the server is still there. */
const KEEP_ALIVE_MS = 10_000;
/** Milliseconds. A burst queues in the pool instead of failing, as long as clients can be expected to wait. */
const TRANSACTION = { maxWait: 15_000, timeout: 30_000 };

/** Connections that bypass a pooler, for LISTEN, long-held locks and jobs. */
export type DirectDatabase = {
  /** The main pool if there is no pooler. */
  pool: pg.Pool;
  /** False if these connections go through a pooler in transaction mode too, so that session state can't be used. */
  hasSessions: boolean;
};

export type Database = {
  db: Db;
  pool: QueueingPool;
  direct: DirectDatabase;
  /** Changes the URL of new connections, including those that others open with the pool's options. */
  moveTo: (url: string) => void;
  close: () => Promise<void>;
};

export type DatabaseOptions = {
  onError: (error: Error) => void;
  poolSize?: number;
  /** Defaults to the pool's URL. */
  directUrl?: string | undefined;
  hasSessions?: boolean;
  /** Whether the pool's URL is that of a pooler. */
  isBehindPooler?: boolean;
  usesPreparedStatements?: boolean;
};

export function openDatabase(url: string, options: DatabaseOptions): Database {
  const { onError, poolSize = POOL_SIZE, directUrl, hasSessions = true } = options;
  const { isBehindPooler = false, usesPreparedStatements = true } = options;
  const pool = openPool(url, { poolSize, onError, hasSessions: !isBehindPooler });
  if (!usesPreparedStatements) stripStatementNames(pool);
  const direct = { poolSize: DIRECT_POOL_SIZE, onError, hasSessions };
  const directPool = directUrl === undefined ? pool : openPool(directUrl, direct);
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

type PoolOptions = { poolSize: number; onError: (error: Error) => void; hasSessions: boolean };

function openPool(url: string, { poolSize, onError, hasSessions }: PoolOptions): QueueingPool {
  const pool = new QueueingPool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: 'vitrine',
    // Sends statements without waiting for the results of earlier ones.
    pipeline: true,
  });
  // An idle connection that the server closes must not crash the process. The pool opens a new one.
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  dropDeadConnections(pool, { hasSessions });
  return pool;
}
