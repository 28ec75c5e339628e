// Transaction-level advisory locks by key.
import type { DbOrTx } from './db.ts';

/** Keys whose hashes collide share a lock. */
export async function lockKey(tx: DbOrTx, key: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))::text`;
}

export async function lockNumber(tx: DbOrTx, key: number): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${key}::bigint)::text`;
}
