import type { Metadata } from 'next';
import { NOTIFICATIONS, withQuery } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { SubmitButton } from '#components/forms/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getApp } from '#lib/app.ts';
import { listNotifications } from '#lib/identity/notifications/notification-queries.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { markAllRead } from './actions.ts';

export const metadata: Metadata = { title: 'Notifications', robots: { index: false } };

const PAGE_SIZE = 50;

export default async function NotificationsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(NOTIFICATIONS);
  const before = /^\d{1,18}$/.exec(textParam(await searchParams, 'before'));
  const notifications = await listNotifications(getApp(), {
    userId: caller.principal.userId,
    before: before && BigInt(before[0]),
    limit: PAGE_SIZE,
  });
  const last = notifications.at(-1);
  return (
    <ConsolePage at={NOTIFICATIONS} caller={caller}>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-4">
        <h1 className="text-xl font-semibold">Notifications</h1>
        {notifications.some(({ readAt }) => readAt === null) && (
          <form action={markAllRead}>
            <SubmitButton isSmall tone="plain">
              Mark all as read
            </SubmitButton>
          </form>
        )}
      </div>
      {notifications.length === 0 ? (
        <EmptyState title="No notifications yet">
          <p>Updates on your requests, memberships and repositories appear here.</p>
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {notifications.map(({ id, title, body, href, createdAt, readAt }) => (
            <li className="px-3 py-2" key={id}>
              <p className="flex flex-wrap items-baseline gap-x-3">
                <a className={`link ${readAt ? '' : 'font-semibold'}`} href={href}>
                  {title}
                </a>
                {!readAt && <span className="text-xs text-accent">New</span>}
                <span className="ml-auto text-sm text-muted">
                  <TimeAgo date={createdAt} />
                </span>
              </p>
              <p className="break-words whitespace-pre-wrap text-muted">{body}</p>
            </li>
          ))}
        </ul>
      )}
      {notifications.length === PAGE_SIZE && last && (
        <a className="button mt-4" href={withQuery(NOTIFICATIONS, { before: last.id })}>
          Show older
        </a>
      )}
    </ConsolePage>
  );
}
