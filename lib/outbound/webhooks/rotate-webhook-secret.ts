import { recordChange } from '#lib/events/record-change.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { FORMER_SECRET_HOURS } from './schema.ts';
import { createWebhookSecret, getWebhook, lockWebhooks, webhookContext, type NamedWebhook } from './webhook-store.ts';

const HOUR_MS = 3_600_000;

/**
 * Replaces a webhook's secret and returns the new one, which isn't shown again. The former one signs for a day as well.
 * @throws AppError `forbidden`, `not_found`, `unavailable` when the key service doesn't answer
 */
export async function rotateWebhookSecret(
  app: { db: Db; secrets: StoredSecrets },
  { caller, registryKey, name }: NamedWebhook,
): Promise<{ secret: string; formerSecretUntil: Date }> {
  const secret = createWebhookSecret();
  const formerSecretUntil = new Date(Date.now() + FORMER_SECRET_HOURS * HOUR_MS);
  await app.db.$transaction(async (tx) => {
    await lockWebhooks(tx, { caller, registryKey });
    const { id, sealedSecret } = await getWebhook(tx, { registryKey, name });
    await tx.webhook.update({
      where: { id },
      data: {
        sealedSecret: await app.secrets.seal(webhookContext(id, 'secret'), secret),
        sealedFormerSecret: sealedSecret,
        formerSecretUntil,
      },
    });
    await recordChange(tx, { type: 'webhook.rotate-secret', caller, registryKey, resource: { name } });
  });
  return { secret, formerSecretUntil };
}
