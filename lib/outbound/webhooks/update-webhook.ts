import { isDeepStrictEqual } from 'node:util';
import { recordChange } from '#lib/events/record-change.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { newWebhookSchema, webhookChangeSchema, type WebhookSettingsInput } from './schema.ts';
import { wakeQueues } from './wake-queues.sql.ts';
import {
  auditSettings,
  getWebhook,
  lockWebhooks,
  requireDestination,
  requireFormatEvents,
  webhookContext,
  type NamedWebhook,
} from './webhook-store.ts';

/**
 * Changes a webhook. Pending deliveries use the new settings, and are retried at once.
 * @throws AppError `invalid_input`, `forbidden`, `not_found`, `unavailable` when the key service doesn't answer
 */
export async function updateWebhook(
  app: { db: Db; secrets: StoredSecrets },
  input: NamedWebhook & WebhookSettingsInput,
): Promise<void> {
  const { caller, registryKey, name } = input;
  const { authorization, ...change } = parseInput(webhookChangeSchema, input);
  await app.db.$transaction(async (tx) => {
    await lockWebhooks(tx, { caller, registryKey });
    const webhook = await getWebhook(tx, { registryKey, name });
    const { id } = webhook;
    const before = auditSettings(webhook);
    const stated = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const { url, format, eventTypes } = parseInput(
      newWebhookSchema.pick({ url: true, format: true, eventTypes: true }),
      {
        ...webhook,
        ...stated,
      },
    );
    requireFormatEvents(format, eventTypes);
    if (url !== webhook.url || format !== webhook.format) await requireDestination(tx, { registryKey, format, url });
    const sealedAuthorization = authorization
      ? await app.secrets.seal(webhookContext(id, 'authorization'), authorization)
      : null;
    const updated = await tx.webhook.update({
      where: { id },
      data: {
        ...stated,
        ...(authorization !== undefined && { sealedAuthorization }),
        ...(change.isEnabled && { disabledBecause: null }),
      },
    });
    await wakeQueues(tx, id);
    const after = auditSettings(updated);
    const isSame = authorization === undefined && updated.url === webhook.url && isDeepStrictEqual(before, after);
    if (!isSame)
      await recordChange(tx, { type: 'webhook.update', caller, registryKey, resource: { name }, before, after });
  });
}
