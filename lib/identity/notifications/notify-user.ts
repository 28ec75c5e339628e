import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

export const SEND_NOTIFICATION_EMAIL = 'send-notification-email';

export type NewNotification = {
  userId: string;
  title: string;
  body: string;
  /** Path on this site. */
  href: string;
};

/** Tells a user something, in the transaction of what it tells of. By e-mail as well, where a mail server is set up. */
export async function notifyUser(tx: DbOrTx, notification: NewNotification): Promise<void> {
  const { id } = await tx.notification.create({ data: notification, select: { id: true } });
  await enqueueJob(tx, SEND_NOTIFICATION_EMAIL, { notificationId: String(id) });
}
