// Grants for a site's database role if another role owns the tables.
import type pg from 'pg';
import { AppError } from '#lib/platform/errors.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { findRole, grantAllIn, openTables } from './grant-to-role.sql.ts';

const JOBS_SCHEMA = 'graphile_worker';
const POLICY = 'vitrine_site';

/**
 * Grants `role` the use of all tables, sequences and functions, but not DDL. Repeat it after each migration.
 * @throws AppError `invalid_input` if the role doesn't exist
 */
export async function grantToRole(pool: pg.Pool, role: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const found = await findRole(client, role);
    if (!found?.isThere) throw new AppError('invalid_input', `The database role "${role}" doesn't exist.`);
    for (const schema of [found.schema, JOBS_SCHEMA]) await grantAllIn(client, { schema, role });
    // graphile-worker restricts its tables to their owner by row-level security.
    await openTables(client, { schema: JOBS_SCHEMA, policy: POLICY, role });
  });
}
