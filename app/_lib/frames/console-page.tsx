import { isAllowed } from '#lib/access/authorize.ts';
import type { ReactNode } from 'react';
import {
  ACCESS_KEYS,
  ACCOUNT,
  ACTIVITY,
  ADMIN,
  ALIASES,
  CONSOLE,
  DELETED,
  FOLLOWING,
  IDENTITY_PROVIDERS,
  MEMBERS,
  MIRRORS,
  NOTIFICATIONS,
  PROFILE,
  REGISTRIES,
  CONSOLE_POLICIES,
  CONSOLE_POLICY,
  REVIEW,
  ROBOTS,
  CONSOLE_ROLES,
  TEAMS,
  TEMPLATES,
  REPLICATION,
  TOKENS,
  TRANSFERS,
  USAGE,
  WEBHOOKS,
} from '#components/links.ts';
import { MissingFactorNotice } from '#components/factors/missing-factor-notice.tsx';
import { formatCount } from '#components/ui/format-number.ts';
import { SubmitButton } from '#components/forms/submit-button.tsx';
import { ScrollToCurrent } from '#components/ui/scroll-to-current.tsx';
import { TabNav } from '#components/ui/tab-nav.tsx';
import type { UserCaller } from '#lib/access/schema.ts';
import { signOut } from '../../signin/actions.ts';
import { SitePage } from './site-page.tsx';
import { countUnread } from './count-unread.ts';

type ConsolePageProps = {
  caller: UserCaller;
  at:
    | typeof CONSOLE
    | typeof PROFILE
    | typeof REGISTRIES
    | typeof ALIASES
    | typeof MEMBERS
    | typeof TEAMS
    | typeof ROBOTS
    | typeof CONSOLE_ROLES
    | typeof IDENTITY_PROVIDERS
    | typeof CONSOLE_POLICY
    | typeof CONSOLE_POLICIES
    | typeof MIRRORS
    | typeof TEMPLATES
    | typeof WEBHOOKS
    | typeof REPLICATION
    | typeof USAGE
    | typeof ACTIVITY
    | typeof DELETED
    | typeof TRANSFERS
    | typeof TOKENS
    | typeof ACCESS_KEYS
    | typeof FOLLOWING
    | typeof NOTIFICATIONS
    | typeof ACCOUNT;
  children: ReactNode;
};

const REGISTRY_PAGES = [
  {
    group: 'Registry',
    pages: [
      { text: 'Profile', href: PROFILE },
      { text: 'Registries', href: REGISTRIES },
      { text: 'Aliases', href: ALIASES },
      { text: 'Usage', href: USAGE },
      { text: 'Activity', href: ACTIVITY },
    ],
  },
  {
    group: 'People and machines',
    pages: [
      { text: 'Members', href: MEMBERS },
      { text: 'Teams', href: TEAMS },
      { text: 'Robots', href: ROBOTS },
      { text: 'Roles', href: CONSOLE_ROLES },
      { text: 'Identity providers', href: IDENTITY_PROVIDERS },
    ],
  },
  {
    group: 'Access',
    pages: [
      { text: 'Policy', href: CONSOLE_POLICY },
      { text: 'Managed policies', href: CONSOLE_POLICIES },
      { text: 'Access tokens', href: TOKENS },
      { text: 'Access keys', href: ACCESS_KEYS },
    ],
  },
  {
    group: 'Content',
    pages: [
      { text: 'Mirrors', href: MIRRORS },
      { text: 'Templates', href: TEMPLATES },
      { text: 'Webhooks', href: WEBHOOKS },
      { text: 'Replication', href: REPLICATION },
      { text: 'Transfers', href: TRANSFERS },
      { text: 'Deleted', href: DELETED },
    ],
  },
];

/** The frame of the console's pages. */
export async function ConsolePage({ caller, at, children }: ConsolePageProps) {
  const unread = await countUnread(caller.principal.userId);
  const isRegistryPage = REGISTRY_PAGES.some(({ pages }) => pages.some(({ href }) => href === at));
  const tabs = [
    { text: 'Repositories', href: CONSOLE },
    { text: 'Registry', href: PROFILE, isCurrent: isRegistryPage },
    { text: 'Following', href: FOLLOWING },
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
      <TabNav label="Console" tabs={tabs.map((tab) => ({ isCurrent: tab.href === at, ...tab }))} />
      <div className={isRegistryPage ? 'xl:grid xl:grid-cols-[11rem_minmax(0,1fr)] xl:gap-x-10' : ''}>
        {isRegistryPage && <RegistryNav at={at} />}
        <div>
          {caller.principal.isFactorMissing && <MissingFactorNotice hasLink={at !== ACCOUNT} />}
          <div className="pt-6">{children}</div>
        </div>
      </div>
    </SitePage>
  );
}

/** The pages of the registry's settings: a strip, and on wide screens a list with the names of its groups. */
function RegistryNav({ at }: Pick<ConsolePageProps, 'at'>) {
  return (
    <nav aria-label="Registry" className="overflow-x-auto pt-3 xl:pt-6">
      <ul className="flex w-max gap-1 text-sm xl:w-auto xl:flex-col xl:gap-5">
        {REGISTRY_PAGES.map(({ group, pages }) => (
          <li key={group}>
            <p className="hidden px-2.5 pb-1 text-xs font-semibold text-muted xl:block">{group}</p>
            <ul aria-label={group} className="flex gap-1 xl:flex-col xl:gap-0.5">
              {pages.map(({ text, href }) => (
                <li key={href}>
                  <a
                    aria-current={href === at ? 'page' : undefined}
                    className={`flex min-h-8 items-center rounded-md px-2.5 whitespace-nowrap focus-visible:-outline-offset-2 ${
                      href === at
                        ? 'bg-surface-strong font-semibold text-ink'
                        : 'text-muted hover:bg-surface hover:text-ink'
                    }`}
                    href={href}
                  >
                    {text}
                  </a>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <ScrollToCurrent />
    </nav>
  );
}
