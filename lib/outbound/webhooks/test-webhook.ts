import { randomUUID } from 'node:crypto';
import { findUserId } from '#lib/access/schema.ts';
import { TEST_TYPE } from '#lib/events/outbound/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { queueDelivery } from './queue-delivery.sql.ts';
import { wakeQueues } from './wake-queues.sql.ts';
import { getWebhook, lockWebhooks, type NamedWebhook } from './webhook-store.ts';

/** SHA-256 of nothing. */
const TEST_DIGEST = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Queues a delivery of a made-up event and returns its id. It doesn't wait for other deliveries, and lets them retry at once.
 * @throws AppError `forbidden`, `not_found`, `conflict` while the webhook is disabled
 */
export async function testWebhook(
  app: { db: Db },
  { caller, registryKey, name }: NamedWebhook,
): Promise<{ delivery: string }> {
  return app.db.$transaction(async (tx) => {
    await lockWebhooks(tx, { caller, registryKey });
    const { id, isEnabled } = await getWebhook(tx, { registryKey, name });
    if (!isEnabled) throw new AppError('conflict', 'This webhook is disabled. Enable it first.');
    const alias = await tx.alias.findFirst({ where: { registryKey }, select: { name: true } });
    const event = await tx.outboundEvent.create({
      data: {
        eventId: randomUUID(),
        registryKey,
        type: TEST_TYPE,
        repository: `${alias?.name ?? 'registry'}/webhook-test`,
        tag: 'test',
        digest: TEST_DIGEST,
        actor: findUserId(caller.principal) ?? 'system',
      },
    });
    await wakeQueues(tx, id);
    const delivery = await queueDelivery(tx, { webhookId: id, eventKey: event.id, repository: `test ${event.id}` });
    await recordChange(tx, { type: 'webhook.test', caller, registryKey, resource: { name } });
    return { delivery };
  });
}
