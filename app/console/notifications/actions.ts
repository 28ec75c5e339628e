'use server';

import { redirect } from 'next/navigation';
import { NOTIFICATIONS } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { markNotificationsRead } from '#lib/identity/notifications/mark-notifications-read.ts';
import { requireCaller } from '../../_lib/session/session.ts';

export async function markAllRead(): Promise<void> {
  const caller = await requireCaller(NOTIFICATIONS);
  await markNotificationsRead(getApp(), { caller, id: null });
  redirect(NOTIFICATIONS);
}
