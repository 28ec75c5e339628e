import type pg from 'pg';
import { EVENT_DAYS, RETRY_DAYS } from '#lib/outbound/webhooks/schema.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import { deleteIdleQueues, deleteOldEvents, giveUpDeliveries } from './queues.sql.ts';

const BATCH = 5_000;

/** Deletes old events with their deliveries, and gives up what disabled webhooks have kept pending for too long. */
export async function tendDeliveries({
  pool,
  counts,
}: {
  pool: pg.Pool;
  counts: { deliveries: DeliveryCounts };
}): Promise<void> {
  counts.deliveries.totals['given-up'] += await giveUpDeliveries(pool, { webhookId: null, days: RETRY_DAYS });
  while ((await deleteOldEvents(pool, { days: EVENT_DAYS, limit: BATCH })) === BATCH);
  await deleteIdleQueues(pool);
}
