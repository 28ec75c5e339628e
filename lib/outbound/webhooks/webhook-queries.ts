import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getWebhook, type NamedWebhook } from './webhook-store.ts';

type App = { db: Db };

export type WebhookView = {
  name: string;
  url: string;
  format: string;
  eventTypes: string[];
  repositoryPattern: string;
  tagPattern: string;
  isEnabled: boolean;
  /** Why the site disabled it. */
  disabledBecause: string | null;
  hasAuthorization: boolean;
  formerSecretUntil: Date | null;
  createdAt: Date;
  pendingCount: number;
};

/** Lists a registry's webhooks by name. For owners and maintainers. @throws AppError `forbidden` */
export async function listWebhooks(
  app: App,
  { caller, registryKey }: { caller: Caller; registryKey: bigint },
): Promise<WebhookView[]> {
  await authorize(app, { ...caller, action: 'vitrine:ListWebhooks', registryKey });
  const rows = await app.db.webhook.findMany({
    where: { registryKey },
    orderBy: { name: 'asc' },
    include: { queues: { where: { pending: { gt: 0 } }, select: { pending: true } } },
  });
  return rows.map(({ sealedAuthorization, queues, ...row }) => ({
    ...row,
    hasAuthorization: sealedAuthorization !== null,
    formerSecretUntil: row.formerSecretUntil && row.formerSecretUntil > new Date() ? row.formerSecretUntil : null,
    pendingCount: queues.reduce((sum, { pending }) => sum + pending, 0),
  }));
}

export type DeliveryView = {
  id: string;
  /** `webhook-id` of the request. */
  eventId: string;
  type: string;
  repository: string | null;
  tag: string | null;
  digest: string | null;
  status: string;
  attempts: number;
  createdAt: Date;
  attemptedAt: Date | null;
  responseStatus: number | null;
  /** Its beginning. */
  responseBody: string | null;
  problem: string | null;
  elapsedMs: number | null;
};

type Listed = NamedWebhook & { before: bigint | null; limit: number };

/** Lists a webhook's deliveries, latest first. For owners and maintainers. @throws AppError `forbidden`, `not_found` */
export async function listDeliveries(app: App, { before, limit, ...named }: Listed): Promise<DeliveryView[]> {
  const { caller, registryKey } = named;
  await authorize(app, { ...caller, action: 'vitrine:ListWebhooks', registryKey });
  const { id: webhookId } = await getWebhook(app.db, named);
  const rows = await app.db.webhookDelivery.findMany({
    where: { webhookId, ...(before !== null && { id: { lt: before } }) },
    orderBy: { id: 'desc' },
    take: limit,
    include: { event: true },
  });
  return rows.map(({ id, event: { eventId, type, repository, tag, digest }, ...row }) => ({
    ...row,
    id: String(id),
    eventId,
    type,
    repository,
    tag,
    digest,
  }));
}
