import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import type { EmailMessage, Mailer } from '#lib/platform/net/mailer.ts';
import { emailUser } from '#lib/identity/email/email-user.ts';
import { describeEvent } from '#lib/outbound/formats/render-chat.ts';
import type { StoredEvent } from '#lib/outbound/formats/format.ts';
import { findRecipient } from '#lib/outbound/webhooks/find-recipient.ts';
import { readMailto } from '#lib/outbound/webhooks/schema.ts';
import type { ReceiverAnswer } from './send-request.ts';

type App = { db: Db; mailer: Mailer | null; log: Log; config: { publicUrl: string } };
type Email = { webhook: { registryKey: bigint; name: string; url: string }; event: StoredEvent };

/** When the recipient's hourly limit is reached. */
const PAUSE_SECONDS = 15 * 60;

/** Emails an event to a member of the registry. Nobody else can be written to, so that webhooks can't send spam. */
export async function sendEmail(app: App, { webhook, event }: Email): Promise<ReceiverAnswer> {
  const { db, mailer, log } = app;
  if (!mailer) return failed('This site sends no email.');
  const address = readMailto(webhook.url) ?? '';
  const userId = await findRecipient(db, { registryKey: webhook.registryKey, address });
  if (userId === null) return failed(`${address} isn't the proven address of a member.`);
  const { text, url } = describeEvent(event, app.config.publicUrl);
  const message: EmailMessage = {
    to: address,
    subject: text,
    text: `${text}\n\n${url}\n\nSent by the webhook ${webhook.name}.\n`,
    messageId: `<event-${event.eventId}@${new URL(app.config.publicUrl).hostname}>`,
  };
  try {
    if (await emailUser({ db, mailer, log }, { userId, message })) return { ...failed(''), problem: null };
    return { ...failed(`${address} gets no more emails for now.`), retryAfterSeconds: PAUSE_SECONDS };
  } catch (error) {
    log.debug({ err: error, webhook: webhook.name }, 'the mail server refused an event');
    return failed("The mail server didn't take the email.");
  }
}

function failed(problem: string): ReceiverAnswer {
  return { status: null, body: null, problem, retryAfterSeconds: null };
}
