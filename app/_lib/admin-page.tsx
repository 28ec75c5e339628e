import type { ReactNode } from 'react';
import { RESERVED_NAMES } from '#components/links.ts';
import { TabNav } from '#components/ui/tab-nav.tsx';
import { SitePage } from './site-page.tsx';

const TABS = [{ text: 'Reserved names', href: RESERVED_NAMES }];

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
