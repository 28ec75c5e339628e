'use server';

import { redirect } from 'next/navigation';
import { NOTIFICATIONS } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { markNotificationsRead } from '#lib/identity/notifications/mark-notifications-read.ts';
import { isReadOnly } from '#lib/site/maintenance.ts';
import { requireCaller } from '../../_lib/session/session.ts';

export async function markAllRead(): Promise<void> {
  const caller = await requireCaller(NOTIFICATIONS);
  // The page then has the banner that says so.
  if (!(await isReadOnly(getApp()))) await markNotificationsRead(getApp(), { caller, id: null });
  redirect(NOTIFICATIONS);
}
