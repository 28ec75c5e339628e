// What owners are told about a webhook that fails for good.
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';

export type FailedWebhook = { id: bigint; registryKey: bigint; name: string };
type App = { db: Db };

/** Disables the webhook, and notifies its owners. Its deliveries stay pending until somebody enables it. */
export async function disableWebhook(
  app: App,
  { id, registryKey, name }: FailedWebhook,
  reason: string,
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const data = { isEnabled: false, disabledBecause: reason };
    const { count } = await tx.webhook.updateMany({ where: { id, isEnabled: true }, data });
    const resource = { name };
    if (count > 0)
      await recordChange(tx, {
        type: 'webhook.disable',
        caller: SYSTEM_CALLER,
        registryKey,
        resource,
        after: { reason },
      });
  });
}

/** Notifies the owners, once until a delivery succeeds. */
export async function reportGivenUp(app: App, { id, registryKey, name }: FailedWebhook, reason: string): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const data = { gaveUpAt: new Date() };
    const { count } = await tx.webhook.updateMany({ where: { id, gaveUpAt: null }, data });
    const resource = { name };
    if (count > 0)
      await recordChange(tx, {
        type: 'webhook.give-up',
        caller: SYSTEM_CALLER,
        registryKey,
        resource,
        after: { reason },
      });
  });
}
