import type { ReactNode } from 'react';
import type { SiteRole } from '#lib/access/schema.ts';
import { SearchKeys } from '../search/search-keys.tsx';
import { placesOf } from './places.ts';
import { SiteFooter } from './site-footer.tsx';
import { SiteHeader } from './site-header.tsx';

type PageFrameProps = {
  userName: string | null;
  role?: SiteRole;
  search?: ReactNode;
  children: ReactNode;
  isNarrow?: boolean;
};

/** Header, the page's one <main>, footer. */
export function PageFrame({ userName, role, search, children, isNarrow = false }: PageFrameProps) {
  return (
    <div className="flex min-h-screen flex-col">
      <SiteHeader role={role} search={search} userName={userName} />
      <main className={`mx-auto w-full flex-1 px-4 pt-6 ${isNarrow ? 'max-w-md' : 'max-w-6xl'}`} id="content">
        {children}
      </main>
      <SiteFooter />
      <SearchKeys places={placesOf(userName === null ? null : (role ?? 'user'))} />
    </div>
  );
}
