import type { ReactNode } from 'react';
import { PageFrame } from '#components/site/page-frame.tsx';
import { SearchField } from '#components/site/search-field.tsx';
import { getCaller } from './session.ts';

type SitePageProps = { children: ReactNode; isNarrow?: boolean; hasSearch?: boolean };

/** The frame of a page, for whoever is looking at it. */
export async function SitePage({ children, isNarrow, hasSearch = true }: SitePageProps) {
  const caller = await getCaller();
  return (
    <PageFrame
      isNarrow={isNarrow}
      role={caller?.principal.siteRole}
      search={hasSearch ? <SearchField /> : undefined}
      userName={caller?.principal.displayName ?? null}
    >
      {children}
    </PageFrame>
  );
}
