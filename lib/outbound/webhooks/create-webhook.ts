import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { MAX_WEBHOOKS, newWebhookSchema, type WebhookSettingsInput } from './schema.ts';
import {
  auditSettings,
  createWebhookSecret,
  lockWebhooks,
  requireDestination,
  requireFormatEvents,
  webhookContext,
} from './webhook-store.ts';

export type CreateWebhookInput = { caller: Caller; registryKey: bigint; name: string } & WebhookSettingsInput;

/**
 * Creates a webhook and returns its secret, which isn't shown again.
 * @throws AppError `invalid_input`, `forbidden`, `name_taken`, `quota_exceeded`, `unavailable` when the key service doesn't answer
 */
export async function createWebhook(
  app: { db: Db; secrets: StoredSecrets },
  input: CreateWebhookInput,
): Promise<{ name: string; secret: string }> {
  const { caller, registryKey } = input;
  const { authorization, ...settings } = parseInput(newWebhookSchema, input);
  const { name } = settings;
  requireFormatEvents(settings.format, settings.eventTypes);
  const secret = createWebhookSecret();
  await app.db.$transaction(async (tx) => {
    await lockWebhooks(tx, { caller, registryKey });
    await requireDestination(tx, { registryKey, ...settings });
    if ((await tx.webhook.count({ where: { registryKey, name } })) > 0) {
      const message = `This registry already has a webhook named ${name}.`;
      throw new AppError('name_taken', message, { detail: { fieldErrors: { name: message } } });
    }
    if ((await tx.webhook.count({ where: { registryKey } })) >= MAX_WEBHOOKS) {
      throw new AppError('quota_exceeded', `A registry can have at most ${MAX_WEBHOOKS} webhooks. Remove one first.`);
    }
    const { id } = await tx.webhook.create({ data: { ...settings, registryKey, sealedSecret: new Uint8Array() } });
    await tx.webhook.update({
      where: { id },
      data: {
        sealedSecret: await app.secrets.seal(webhookContext(id, 'secret'), secret),
        sealedAuthorization: authorization
          ? await app.secrets.seal(webhookContext(id, 'authorization'), authorization)
          : null,
      },
    });
    const after = auditSettings(settings);
    await recordChange(tx, { type: 'webhook.create', caller, registryKey, resource: { name }, after });
  });
  return { name, secret };
}
