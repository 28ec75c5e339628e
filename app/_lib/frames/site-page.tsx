import { isAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { ReactNode } from 'react';
import type { SignedIn } from '#components/site/account-menu.tsx';
import { PageFrame } from '#components/site/page-frame.tsx';
import { SearchField } from '#components/site/search-field.tsx';
import type { SiteFace } from '#components/site/site-face.ts';
import { getApp } from '#lib/app.ts';
import { currentBanner, maintenanceBanner, siteName } from '#lib/site/schema.ts';
import { signOut } from '../../signin/actions.ts';
import { getViewer } from '../session/session.ts';
import { countUnread } from './count-unread.ts';

type SitePageProps = { children: ReactNode; isNarrow?: boolean; hasSearch?: boolean };

/** The frame of a page for the current viewer. */
export async function SitePage({ children, isNarrow, hasSearch = true }: SitePageProps) {
  const user = await describeUser(await getViewer());
  const site = await readFace(user !== null);
  return (
    <PageFrame
      isNarrow={isNarrow}
      search={hasSearch ? <SearchField /> : undefined}
      signOut={signOut}
      site={site}
      user={user}
    >
      {children}
    </PageFrame>
  );
}

async function readFace(isSignedIn: boolean): Promise<SiteFace> {
  const { siteSettings, config } = getApp();
  const settings = await siteSettings.read();
  const { name, logoId, contact, termsUrl, privacyUrl } = settings;
  return {
    name: siteName(settings),
    isNamed: name !== '',
    logoId,
    banner: currentBanner(settings),
    maintenance: isSignedIn ? maintenanceBanner(settings) : null,
    contact,
    termsUrl,
    privacyUrl,
    isSignUpOpen: config.isSignUpOpen,
  };
}

async function describeUser(caller: Caller): Promise<SignedIn | null> {
  const { principal } = caller;
  if (principal.kind !== 'user') return null;
  return {
    name: principal.displayName,
    email: principal.email,
    unread: await countUnread(principal.userId),
    mayReview: isAllowed({ ...caller, action: 'vitrine:ListReviewQueue' }),
    mayAdminister: isAllowed({ ...caller, action: 'vitrine:ReadSite' }),
  };
}
