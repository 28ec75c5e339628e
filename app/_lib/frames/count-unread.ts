import { cache } from 'react';
import { getApp } from '#lib/app.ts';
import { countUnreadNotifications } from '#lib/identity/notifications/notification-queries.ts';

/** Counts once for the header and the console's tabs. */
export const countUnread = cache((userId: string) => countUnreadNotifications(getApp(), { userId }));
