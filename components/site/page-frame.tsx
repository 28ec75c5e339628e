import type { ReactNode } from 'react';
import { SearchKeys } from '../search/search-keys.tsx';
import { placesOf } from './places.ts';
import { SiteFooter } from './site-footer.tsx';
import { SiteHeader } from './site-header.tsx';

type PageFrameProps = {
  userName: string | null;
  mayReview: boolean;
  mayAdminister: boolean;
  search?: ReactNode;
  children: ReactNode;
  isNarrow?: boolean;
};

/** Header, the page's one <main>, footer. */
export function PageFrame({ userName, mayReview, mayAdminister, search, children, isNarrow = false }: PageFrameProps) {
  return (
    <div className="flex min-h-screen flex-col">
      <SiteHeader mayAdminister={mayAdminister} mayReview={mayReview} search={search} userName={userName} />
      <main className={`mx-auto w-full flex-1 px-4 pt-6 ${isNarrow ? 'max-w-md' : 'max-w-6xl'}`} id="content">
        {children}
      </main>
      <SiteFooter />
      <SearchKeys places={placesOf({ isSignedIn: userName !== null, mayReview, mayAdminister })} />
    </div>
  );
}
