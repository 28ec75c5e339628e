import type { Db } from '#lib/platform/pg/db.ts';

export type NotificationView = {
  id: string;
  title: string;
  body: string;
  href: string;
  createdAt: Date;
  readAt: Date | null;
};

/** Lists a page of notifications, newest first. `before` is the last id of the previous page. */
export async function listNotifications(
  app: { db: Db },
  { userId, before, limit }: { userId: string; before: bigint | null; limit: number },
): Promise<NotificationView[]> {
  const notifications = await app.db.notification.findMany({
    where: { userId, ...(before !== null && { id: { lt: before } }) },
    orderBy: { id: 'desc' },
    take: limit,
    select: { id: true, title: true, body: true, href: true, createdAt: true, readAt: true },
  });
  return notifications.map(({ id, ...rest }) => ({ id: String(id), ...rest }));
}

export async function countUnreadNotifications(app: { db: Db }, { userId }: { userId: string }): Promise<number> {
  return app.db.notification.count({ where: { userId, readAt: null } });
}
