import type { DbOrTx } from '#lib/platform/db.ts';

export type NewNotification = {
  userId: string;
  title: string;
  body: string;
  /** Path on this site. */
  href: string;
};

/** Tells a user something, in the transaction of what it tells of. */
export async function notifyUser(tx: DbOrTx, notification: NewNotification): Promise<void> {
  await tx.notification.create({ data: notification });
}
