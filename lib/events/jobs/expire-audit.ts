import type pg from 'pg';
import type { EventConfig } from '#lib/events/event-config.ts';
import { deleteEvents, deletePulls } from './expire-audit.sql.ts';

const BATCH = 5_000;
const DAY_MS = 86_400_000;

type App = { pool: pg.Pool; config: Pick<EventConfig, 'auditPullsDays' | 'auditDays'> };
type Delete = typeof deletePulls;

/** Deletes expired audit rows in batches, so that concurrent writes don't wait long. */
export async function expireAudit({ pool, config }: App): Promise<void> {
  const { auditPullsDays, auditDays } = config;
  await expire(pool, deletePulls, auditPullsDays);
  if (auditDays !== null) await expire(pool, deleteEvents, auditDays);
}

async function expire(pool: pg.Pool, deleteOldest: Delete, keepDays: number): Promise<void> {
  const before = new Date(Date.now() - keepDays * DAY_MS);
  while ((await deleteOldest(pool, { before, limit: BATCH })) === BATCH);
}
