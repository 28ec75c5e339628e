import type pg from 'pg';
import type { Config } from '#lib/platform/config/config.ts';

const BATCH = 5_000;
const DAY_MS = 86_400_000;

type App = { pool: pg.Pool; config: Pick<Config, 'auditPullsDays' | 'auditDays'> };

/** Deletes expired audit rows in batches, so that concurrent writes don't wait long. */
export async function expireAudit({ pool, config }: App): Promise<void> {
  const { auditPullsDays, auditDays } = config;
  await expire(
    pool,
    `SELECT id FROM audit_pulls WHERE at < $1 ORDER BY at LIMIT ${BATCH}`,
    'audit_pulls',
    auditPullsDays,
  );
  if (auditDays === null) return;
  // Ids grow over time, so the primary key finds the oldest rows without an index on `at`.
  const oldest = `SELECT id FROM (SELECT id, at FROM audit_events ORDER BY id LIMIT ${BATCH}) e WHERE at < $1`;
  await expire(pool, oldest, 'audit_events', auditDays);
}

async function expire(
  pool: pg.Pool,
  select: string,
  table: 'audit_pulls' | 'audit_events',
  keepDays: number,
): Promise<void> {
  const before = new Date(Date.now() - keepDays * DAY_MS);
  for (;;) {
    const { rowCount } = await pool.query(`DELETE FROM ${table} WHERE id IN (${select})`, [before]);
    if ((rowCount ?? 0) < BATCH) return;
  }
}
