import { isAllowed } from '#lib/access/authorize.ts';
import type { ReactNode } from 'react';
import {
  ACCOUNT,
  ACTIVITY,
  ADMIN,
  ALIASES,
  CONSOLE,
  DELETED,
  MEMBERS,
  MIRRORS,
  NOTIFICATIONS,
  REVIEW,
  TOKENS,
} from '#components/links.ts';
import { formatCount } from '#components/ui/format-number.ts';
import { SubmitButton } from '#components/forms/submit-button.tsx';
import { TabNav } from '#components/ui/tab-nav.tsx';
import { getApp } from '#lib/app.ts';
import { countUnreadNotifications } from '#lib/identity/notifications/notification-queries.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { signOut } from '../../signin/actions.ts';
import { SitePage } from './site-page.tsx';

type ConsolePageProps = {
  caller: UserCaller;
  at:
    | typeof CONSOLE
    | typeof ALIASES
    | typeof MEMBERS
    | typeof MIRRORS
    | typeof ACTIVITY
    | typeof DELETED
    | typeof TOKENS
    | typeof NOTIFICATIONS
    | typeof ACCOUNT;
  children: ReactNode;
};

/** The frame of the console's pages. */
export async function ConsolePage({ caller, at, children }: ConsolePageProps) {
  const unread = await countUnreadNotifications(getApp(), { userId: caller.principal.userId });
  const tabs = [
    { text: 'Repositories', href: CONSOLE },
    { text: 'Mirrors', href: MIRRORS },
    { text: 'Aliases', href: ALIASES },
    { text: 'Members', href: MEMBERS },
    { text: 'Activity', href: ACTIVITY },
    { text: 'Deleted', href: DELETED },
    { text: 'Access tokens', href: TOKENS },
    { text: 'Notifications', href: NOTIFICATIONS, ...(unread > 0 && { count: formatCount(unread) }) },
    { text: 'Account', href: ACCOUNT },
    ...(isAllowed({ ...caller, action: 'vitrine:ListReviewQueue' }) ? [{ text: 'Review', href: REVIEW }] : []),
    ...(isAllowed({ ...caller, action: 'vitrine:ReadSite' }) ? [{ text: 'Admin', href: ADMIN }] : []),
  ];
  return (
    <SitePage>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="text-lg font-semibold">Console</p>
        <form action={signOut} className="flex min-w-0 items-center gap-3">
          <span className="truncate text-sm text-muted">{caller.principal.email}</span>
          <SubmitButton isSmall tone="plain">
            Sign out
          </SubmitButton>
        </form>
      </div>
      <TabNav label="Console" tabs={tabs.map((tab) => ({ ...tab, isCurrent: tab.href === at }))} />
      <div className="pt-6">{children}</div>
    </SitePage>
  );
}
