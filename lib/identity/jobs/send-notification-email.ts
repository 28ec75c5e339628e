import { z } from 'zod';
import type { Config } from '#lib/platform/config.ts';
import type { Db } from '#lib/platform/db.ts';
import type { Mailer } from '#lib/platform/mailer.ts';
import { UNNAMED_ADMIN_EMAIL } from '../ensure-first-admin.ts';

const payloadSchema = z.object({ notificationId: z.string().regex(/^\d+$/) });

/** An address that nobody has proven gets no mail: it may be a stranger's. Nobody is written to about what they have read in the console. A letter that is not taken is tried again by the queue. */
export async function sendNotificationEmail(
  app: { db: Db; config: Config; mailer: Mailer | null },
  payload: unknown,
): Promise<void> {
  const id = BigInt(payloadSchema.parse(payload).notificationId);
  if (!app.mailer) return;
  const notification = await app.db.notification.findFirst({
    where: {
      id,
      readAt: null,
      user: { disabledAt: null, emailProvenAt: { not: null }, email: { not: UNNAMED_ADMIN_EMAIL } },
    },
    include: { user: { select: { email: true } } },
  });
  if (!notification) return;
  const { title, body, href, user } = notification;
  const text = `${body}\n\n${app.config.publicUrl}${href}\n`;
  await app.mailer.send({ to: user.email, subject: title, text });
}
