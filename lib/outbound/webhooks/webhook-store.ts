// Shared by all changes to a registry's webhooks.
import { randomBytes } from 'node:crypto';
import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { OutboundType } from '#lib/events/outbound/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Webhook } from '#lib/platform/prisma/client.ts';
import { lockRobots } from '#lib/publishers/robots/robot-store.ts';
import { findRecipient } from './find-recipient.ts';
import { FORMATS, readMailto, type WebhookFormat } from './schema.ts';

export type NamedWebhook = { caller: Caller; registryKey: bigint; name: string };

/** A rotated secret moves to another column, so both have one context. */
export function webhookContext(webhookId: bigint, kind: 'secret' | 'authorization'): string {
  return `webhook ${webhookId} ${kind}`;
}

/** Creates a secret of the Standard Webhooks specification. */
export function createWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/**
 * Serialises changes to a registry's webhooks and requires that the caller may make them.
 * @throws AppError `unauthenticated` if the caller's credential was revoked while waiting, `forbidden`
 */
export async function lockWebhooks(tx: DbOrTx, { caller, registryKey }: Omit<NamedWebhook, 'name'>): Promise<void> {
  await lockRobots(tx, { caller, registryKey });
  await authorize({ db: tx }, { ...caller, action: 'vitrine:ManageWebhooks', registryKey });
}

/** @throws AppError `not_found` */
export async function getWebhook(tx: DbOrTx, { registryKey, name }: Omit<NamedWebhook, 'caller'>): Promise<Webhook> {
  const isName = name.length <= 100 && !name.includes('\0') && name.isWellFormed();
  const webhook = isName && (await tx.webhook.findUnique({ where: { registryKey_name: { registryKey, name } } }));
  if (!webhook) throw new AppError('not_found', 'Webhook not found.');
  return webhook;
}

/** @throws AppError `invalid_input` for events that the format can't express */
export function requireFormatEvents(format: WebhookFormat, eventTypes: readonly OutboundType[]): void {
  const known: readonly OutboundType[] = FORMATS[format].types;
  const unknown = eventTypes.find((type) => !known.includes(type));
  if (unknown === undefined) return;
  throw invalidField(
    'eventTypes',
    `The format ${FORMATS[format].name} has no ${unknown} events. It has ${known.join(', ')}.`,
  );
}

type Destination = { registryKey: bigint; format: string; url: string };

/** @throws AppError `invalid_input` for a URL that the format can't be sent to */
export async function requireDestination(tx: DbOrTx, { registryKey, format, url }: Destination): Promise<void> {
  const address = readMailto(url);
  if (format !== 'email') {
    if (address !== null) throw invalidField('url', 'Only the format Email can be sent to a mailto: URL.');
    return;
  }
  if (address === null) throw invalidField('url', 'Enter a URL such as mailto:you@example.org.');
  if ((await findRecipient(tx, { registryKey, address })) === null) {
    throw invalidField('url', "Enter a member's address that they have proven.");
  }
}

/** What the audit log shows. */
export function auditSettings(
  webhook: Pick<Webhook, 'url' | 'format' | 'eventTypes' | 'repositoryPattern' | 'tagPattern' | 'isEnabled'>,
) {
  const { url, format, eventTypes, repositoryPattern, tagPattern, isEnabled } = webhook;
  return { host: readMailto(url) ?? new URL(url).host, format, eventTypes, repositoryPattern, tagPattern, isEnabled };
}
