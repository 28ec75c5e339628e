import type { ReactNode } from 'react';
import {
  ADMIN,
  ADMIN_AUDIT,
  ADMIN_DELETED,
  ADMIN_MIRRORS,
  ADMIN_REGISTRIES,
  ADMIN_REPORTS,
  ADMIN_USERS,
  HEALTH,
  QUARANTINE,
  RESERVED_NAMES,
  SITE_SETTINGS,
} from '#components/links.ts';
import { TabNav } from '#components/ui/tab-nav.tsx';
import { SitePage } from './site-page.tsx';

const TABS = [
  { text: 'Overview', href: ADMIN },
  { text: 'Settings', href: SITE_SETTINGS },
  { text: 'Reports', href: ADMIN_REPORTS },
  { text: 'Quarantine', href: QUARANTINE },
  { text: 'Deleted', href: ADMIN_DELETED },
  { text: 'Users', href: ADMIN_USERS },
  { text: 'Registries', href: ADMIN_REGISTRIES },
  { text: 'Reserved names', href: RESERVED_NAMES },
  { text: 'Mirrors', href: ADMIN_MIRRORS },
  { text: 'Audit', href: ADMIN_AUDIT },
  { text: 'Health', href: HEALTH },
] as const;

type AdminPageProps = { at: (typeof TABS)[number]['href']; children: ReactNode };

/** The frame of the admins' pages. */
export function AdminPage({ at, children }: AdminPageProps) {
  return (
    <SitePage>
      <p className="mb-2 text-lg font-semibold">Admin</p>
      <TabNav label="Admin" tabs={TABS.map((tab) => ({ ...tab, isCurrent: tab.href === at }))} />
      <div className="pt-6">{children}</div>
    </SitePage>
  );
}
