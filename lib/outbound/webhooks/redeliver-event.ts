import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { queueDelivery } from './queue-delivery.sql.ts';
import { wakeQueues } from './wake-queues.sql.ts';
import { getWebhook, lockWebhooks, type NamedWebhook } from './webhook-store.ts';

/**
 * Queues the event of a finished delivery once more, with its id, and returns the new delivery's id.
 * @throws AppError `forbidden`, `not_found`, `conflict` while the delivery is pending or the webhook is disabled
 */
export async function redeliverEvent(
  app: { db: Db },
  { caller, registryKey, name, delivery }: NamedWebhook & { delivery: bigint },
): Promise<{ delivery: string }> {
  return app.db.$transaction(async (tx) => {
    await lockWebhooks(tx, { caller, registryKey });
    const { id, isEnabled } = await getWebhook(tx, { registryKey, name });
    const found = await tx.webhookDelivery.findUnique({ where: { id: delivery, webhookId: id } });
    if (!found) throw new AppError('not_found', 'Delivery not found. Deliveries are kept for 30 days.');
    if (!isEnabled) throw new AppError('conflict', 'This webhook is disabled. Enable it first.');
    await wakeQueues(tx, id);
    if (found.status === 'pending') throw new AppError('conflict', 'This delivery is still pending.');
    const { eventKey, repository } = found;
    const again = await queueDelivery(tx, { webhookId: id, eventKey, repository });
    const after = { delivery: String(delivery) };
    await recordChange(tx, { type: 'webhook.redeliver', caller, registryKey, resource: { name }, after });
    return { delivery: again };
  });
}
