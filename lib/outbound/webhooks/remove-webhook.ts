import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getWebhook, lockWebhooks, type NamedWebhook } from './webhook-store.ts';

/** Removes a webhook with its deliveries, also pending ones. @throws AppError `forbidden`, `not_found` */
export async function removeWebhook(app: { db: Db }, { caller, registryKey, name }: NamedWebhook): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockWebhooks(tx, { caller, registryKey });
    const { id } = await getWebhook(tx, { registryKey, name });
    await tx.webhook.delete({ where: { id } });
    await recordChange(tx, { type: 'webhook.remove', caller, registryKey, resource: { name } });
  });
}
