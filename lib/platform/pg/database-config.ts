// Settings of the database.
import { z } from 'zod';
import { flag, postgresUrl, seconds } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';
import { AppError } from '#lib/platform/errors.ts';

export const DATABASE_VARIABLES = {
  DATABASE_URL: {
    schema: postgresUrl.optional(),
    doc: 'PostgreSQL server to use instead of the embedded one',
    fallback: 'embedded PostgreSQL',
    isSecret: true,
  },
  DATABASE_DIRECT_URL: {
    schema: postgresUrl.optional(),
    doc: 'Address of the same database that bypasses a pooler such as PgBouncer',
    fallback: 'DATABASE_URL',
    isSecret: true,
  },
  DATABASE_POOL_SIZE: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(4, 'must be at least 4').max(1_000).default(12),
    doc: 'Connections in the pool of each process',
    fallback: '12',
  },
  DATABASE_WAIT_SECONDS: {
    schema: seconds(60),
    doc: 'How long startup waits for an unreachable database',
    fallback: '60',
  },
  PREPARED_STATEMENTS: {
    schema: z.enum(['auto', '0', '1'], { error: 'must be auto, 0 or 1' }).default('auto'),
    doc: 'Use named prepared statements: 1, 0 or auto (not behind a pooler)',
    fallback: 'auto',
  },
  MIGRATE: {
    schema: flag('1'),
    doc: 'Migrate the database at startup: 1 or 0',
    fallback: '1',
  },
} as const satisfies Record<string, VariableRow>;

export type DatabaseSettings = {
  /** Bypasses the pooler. Undefined: use `databaseUrl`. */
  directUrl: string | undefined;
  poolSize: number;
  waitSeconds: number;
  preparedStatements: 'auto' | '0' | '1';
  isMigrating: boolean;
};

export type DatabaseConfig = {
  databaseUrl: string | undefined;
  database: DatabaseSettings;
};

type Values = ValuesOf<typeof DATABASE_VARIABLES>;

/** @throws AppError `invalid_input`, naming the variables */
export function readDatabaseConfig(values: Values): DatabaseConfig {
  if (values.DATABASE_DIRECT_URL !== undefined && values.DATABASE_URL === undefined) {
    throw new AppError('invalid_input', 'DATABASE_DIRECT_URL needs DATABASE_URL. Set both or neither.');
  }
  return {
    databaseUrl: values.DATABASE_URL,
    database: {
      directUrl: values.DATABASE_DIRECT_URL,
      poolSize: values.DATABASE_POOL_SIZE,
      waitSeconds: values.DATABASE_WAIT_SECONDS,
      preparedStatements: values.PREPARED_STATEMENTS,
      isMigrating: values.MIGRATE,
    },
  };
}
