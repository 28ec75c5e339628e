import { z } from 'zod';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import { emailUser } from '#lib/identity/email/email-user.ts';
import { UNNAMED_ADMIN_EMAIL } from '#lib/identity/accounts/ensure-first-admin.ts';

const payloadSchema = z.object({ notificationId: z.string().regex(/^\d+$/) });

/**
 * Emails a notification unless it was read in the console or the recipient's address is unproven.
 * The queue retries failed deliveries. `emailedAt` prevents duplicates when a job runs twice.
 * After a crash between sending and recording, the second email has the same Message-ID, so mail clients drop it.
 */
export async function sendNotificationEmail(
  app: { db: Db; config: ServerConfig; mailer: Mailer | null; log: Log },
  payload: unknown,
): Promise<void> {
  const id = BigInt(payloadSchema.parse(payload).notificationId);
  if (!app.mailer) return;
  const notification = await app.db.notification.findFirst({
    where: {
      id,
      readAt: null,
      emailedAt: null,
      user: { disabledAt: null, emailProvenAt: { not: null }, email: { not: UNNAMED_ADMIN_EMAIL } },
    },
    include: { user: { select: { email: true } } },
  });
  if (!notification) return;
  const { title, body, href, user, userId } = notification;
  const text = `${body}\n\n${app.config.publicUrl}${href}\n`;
  const messageId = `<notification-${id}@${new URL(app.config.publicUrl).hostname}>`;
  const message = { to: user.email, subject: title, text, messageId };
  if (!(await emailUser({ ...app, mailer: app.mailer }, { userId, message }))) return;
  await app.db.notification.updateMany({ where: { id }, data: { emailedAt: new Date() } });
}
