// Delivers the events of one webhook about one repository, oldest first, until one fails.
import type pg from 'pg';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { StoredEvent } from '#lib/outbound/formats/format.ts';
import { renderEvent } from '#lib/outbound/formats/render-event.ts';
import { RETRY_DAYS, type WebhookFormat } from '#lib/outbound/webhooks/schema.ts';
import { wakeQueues } from '#lib/outbound/webhooks/wake-queues.sql.ts';
import { webhookContext } from '#lib/outbound/webhooks/webhook-store.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import { disableWebhook, reportGivenUp, type FailedWebhook } from './report-failure.ts';
import {
  giveUpDeliveries,
  readPending,
  settleQueue,
  type DeliveryAttempt,
  type LeasedQueue,
  type PendingDelivery,
} from './queues.sql.ts';
import { retryDelay } from './retry-delay.ts';
import { sendEmail } from './send-email.ts';
import type { ReceiverAnswer, RequestSender } from './send-request.ts';
import { signRequest } from './sign-request.ts';

export type DeliveryApp = {
  db: Db;
  pool: pg.Pool;
  secrets: StoredSecrets;
  config: Pick<ServerConfig, 'publicUrl' | 'publicHost' | 'site'>;
  counts: { deliveries: DeliveryCounts };
  log: Log;
  mailer: Mailer | null;
};

type LoadedWebhook = FailedWebhook & {
  url: string;
  format: WebhookFormat;
  registryId: string;
  /** The newest first. */
  secrets: string[];
  authorization: string | null;
  gaveUpAt: Date | null;
};

const BATCH = 25;
/** With the timeout of one more request, well within the lease. */
const BATCH_MS = 10_000;
const RETRY_MS = RETRY_DAYS * 86_400_000;
const GONE = 410;

/** @throws AppError when the database or the key service isn't available; the lease then runs out */
export async function deliverQueue(
  app: DeliveryApp,
  sender: RequestSender,
  { queue, signal }: { queue: LeasedQueue; signal: AbortSignal },
): Promise<void> {
  const webhook = await loadWebhook(app, BigInt(queue.webhookId));
  if (!webhook) return;
  let isRecovering = queue.attempts > 0 || webhook.gaveUpAt !== null;
  for (;;) {
    const pending = await readPending(app.pool, queue, BATCH);
    const { attempts, failure } = await deliverBatch(app, sender, { webhook, pending, signal });
    const isDone = failure !== null || signal.aborted || pending.length === 0;
    const failures = attempts.length > 1 ? 0 : queue.attempts;
    const pauseSeconds = failure ? retryDelay({ failures, ...failure }) : isDone ? 0 : null;
    const isOurs = await settleQueue(app.pool, queue, { attempts, pauseSeconds, hasFailed: failure !== null });
    if (isOurs && failure) await reactToFailure(app, webhook, failure);
    if (!isOurs || isDone) return;
    if (isRecovering) await recover(app, webhook.id);
    isRecovering = false;
    queue.attempts = 0;
  }
}

type Failure = Pick<ReceiverAnswer, 'status' | 'problem' | 'retryAfterSeconds'> & { createdAt: Date };
type Batch = { webhook: LoadedWebhook; pending: PendingDelivery[]; signal: AbortSignal };

/** Stops at the first failure, and when the worker stops. */
async function deliverBatch(
  app: DeliveryApp,
  sender: RequestSender,
  { webhook, pending, signal }: Batch,
): Promise<{ attempts: DeliveryAttempt[]; failure: Failure | null }> {
  const attempts: DeliveryAttempt[] = [];
  const startedMs = performance.now();
  for (const { id, createdAt, ...event } of pending) {
    if (signal.aborted || performance.now() - startedMs > BATCH_MS) break;
    const sentMs = performance.now();
    // An attempt that the worker's end interrupts doesn't count. The next worker repeats it.
    const answer = await attempt(app, sender, { webhook, event, signal }).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (!answer) break;
    const { status, body: responseBody, problem } = answer;
    const elapsedMs = Math.round(performance.now() - sentMs);
    attempts.push({
      id,
      isDelivered: problem === null,
      format: webhook.format,
      responseStatus: status,
      responseBody,
      problem,
      elapsedMs,
    });
    app.counts.deliveries.totals[problem === null ? 'delivered' : status === null ? 'unreachable' : 'refused'] += 1;
    if (problem !== null) return { attempts, failure: { ...answer, createdAt } };
  }
  return { attempts, failure: null };
}

type Sending = { webhook: LoadedWebhook; event: StoredEvent; signal: AbortSignal };

/** @throws the reason of `signal`, or AppError when the database isn't available */
async function attempt(
  app: DeliveryApp,
  sender: RequestSender,
  { webhook, event, signal }: Sending,
): Promise<ReceiverAnswer> {
  const { format, registryId } = webhook;
  if (format === 'email') return sendEmail(app, { webhook, event });
  const { body, contentType } = renderEvent(format, event, { registryId, ...app.config });
  const signed = { id: event.eventId, timestampSeconds: Math.floor(Date.now() / 1000), body };
  const headers = {
    'content-type': contentType,
    ...signRequest(webhook.secrets, signed),
    ...(webhook.authorization !== null && { authorization: webhook.authorization }),
  };
  return sender.send({ url: webhook.url, headers, body, signal });
}

async function reactToFailure(app: DeliveryApp, webhook: LoadedWebhook, failure: Failure): Promise<void> {
  const reason = failure.problem ?? '';
  app.log.debug({ webhook: webhook.id, status: failure.status, reason }, 'webhook delivery failed');
  if (failure.status === GONE) return disableWebhook(app, webhook, reason);
  if (Date.now() - failure.createdAt.getTime() < RETRY_MS) return;
  const count = await giveUpDeliveries(app.pool, { webhookId: String(webhook.id), days: RETRY_DAYS });
  app.counts.deliveries.totals['given-up'] += count;
  if (count > 0) await reportGivenUp(app, webhook, reason);
}

/** Retries what waits in the webhook's other queues at once, because its receiver works again. */
async function recover({ db }: DeliveryApp, id: bigint): Promise<void> {
  await wakeQueues(db, id);
  await db.webhook.updateMany({ where: { id, gaveUpAt: { not: null } }, data: { gaveUpAt: null } });
}

async function loadWebhook({ db, secrets }: DeliveryApp, id: bigint): Promise<LoadedWebhook | null> {
  const row = await db.webhook.findUnique({ where: { id }, include: { registry: { select: { registryId: true } } } });
  if (!row) return null;
  const { sealedSecret, sealedFormerSecret, formerSecretUntil, sealedAuthorization, format, registry, ...webhook } =
    row;
  const isFormerValid = formerSecretUntil !== null && formerSecretUntil > new Date();
  const sealed = [sealedSecret, ...(sealedFormerSecret && isFormerValid ? [sealedFormerSecret] : [])];
  return {
    ...webhook,
    format: format as WebhookFormat,
    registryId: registry.registryId,
    secrets: await Promise.all(sealed.map((bytes) => secrets.open(webhookContext(id, 'secret'), bytes))),
    authorization:
      sealedAuthorization && (await secrets.open(webhookContext(id, 'authorization'), sealedAuthorization)),
  };
}
