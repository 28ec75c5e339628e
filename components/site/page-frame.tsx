import type { ReactNode } from 'react';
import { SearchKeys } from '../search/search-keys.tsx';
import type { SignedIn } from './account-menu.tsx';
import { CloseMenus } from './close-menus.tsx';
import { placesOf } from './places.ts';
import { SiteBanner } from './site-banner.tsx';
import type { SiteFace } from './site-face.ts';
import { SiteFooter } from './site-footer.tsx';
import { SiteHeader } from './site-header.tsx';

type PageFrameProps = {
  site: SiteFace;
  /** Null for a visitor. */
  user: SignedIn | null;
  signOut: () => Promise<void>;
  search?: ReactNode;
  children: ReactNode;
  isNarrow?: boolean;
};

/** Announcement, header, the page's one <main>, footer. */
export function PageFrame({ site, user, signOut, search, children, isNarrow = false }: PageFrameProps) {
  const { mayReview = false, mayAdminister = false } = user ?? {};
  return (
    <div className="flex min-h-screen flex-col">
      {site.maintenance && <SiteBanner banner={site.maintenance} label="Maintenance" />}
      {site.banner && <SiteBanner banner={site.banner} />}
      <SiteHeader search={search} signOut={signOut} site={site} user={user} />
      <main className={`mx-auto w-full flex-1 px-4 pt-6 ${isNarrow ? 'max-w-md' : 'max-w-6xl'}`} id="content">
        {children}
      </main>
      <SiteFooter site={site} />
      <SearchKeys places={placesOf({ isSignedIn: user !== null, mayReview, mayAdminister })} />
      <CloseMenus />
    </div>
  );
}
