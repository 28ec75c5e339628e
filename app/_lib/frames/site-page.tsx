import { isAllowed } from '#lib/access/authorize.ts';
import type { ReactNode } from 'react';
import { PageFrame } from '#components/site/page-frame.tsx';
import { SearchField } from '#components/site/search-field.tsx';
import { getViewer } from '../session/session.ts';

type SitePageProps = { children: ReactNode; isNarrow?: boolean; hasSearch?: boolean };

/** The frame of a page for the current viewer. */
export async function SitePage({ children, isNarrow, hasSearch = true }: SitePageProps) {
  const caller = await getViewer();
  const { principal } = caller;
  return (
    <PageFrame
      isNarrow={isNarrow}
      mayAdminister={isAllowed({ ...caller, action: 'vitrine:ReadSite' })}
      mayReview={isAllowed({ ...caller, action: 'vitrine:ListReviewQueue' })}
      search={hasSearch ? <SearchField /> : undefined}
      userName={principal.kind === 'user' ? principal.displayName : null}
    >
      {children}
    </PageFrame>
  );
}
