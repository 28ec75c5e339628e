import type { ReactNode } from 'react';
import { DOCS, HOME, searchLink, SIGN_IN, SIGN_UP } from '../links.ts';
import { Icon } from '../ui/icon.tsx';
import { AccountMenu, type SignedIn } from './account-menu.tsx';
import { HeaderMenu, MenuLink } from './header-menu.tsx';
import type { SiteFace } from './site-face.ts';
import { SiteName } from './site-name.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

type SiteHeaderProps = {
  site: SiteFace;
  /** Null for a visitor. */
  user: SignedIn | null;
  signOut: () => Promise<void>;
  /** A search field, unless the page has its own. */
  search?: ReactNode;
};

export function SiteHeader({ site, user, signOut, search }: SiteHeaderProps) {
  return (
    <header className="border-b border-line print:hidden">
      <a
        className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:rounded focus:bg-canvas focus:px-3 focus:py-2"
        href="#content"
      >
        Skip to content
      </a>
      <div className="mx-auto flex min-h-14 max-w-6xl flex-wrap items-center gap-x-4 px-4 sm:flex-nowrap">
        <a
          className="flex min-h-11 max-w-[45vw] min-w-0 items-center gap-2 text-lg font-semibold tracking-tight sm:max-w-64 sm:shrink-0"
          href={HOME}
        >
          <SiteName logoId={site.logoId} name={site.name} />
        </a>
        <div className="order-last w-full pb-3 empty:hidden sm:order-none sm:w-auto sm:max-w-md sm:flex-1 sm:pb-0">
          {search}
        </div>
        <nav aria-label="Site" className="-mr-2 ml-auto flex shrink-0 items-center gap-1">
          <span className="hidden sm:contents">
            <NavLink href={searchLink({})}>Explore</NavLink>
            <NavLink href={DOCS}>Docs</NavLink>
          </span>
          {user === null ? (
            <VisitorLinks isSignUpOpen={site.isSignUpOpen} />
          ) : (
            <AccountMenu signOut={signOut} user={user} />
          )}
        </nav>
      </div>
    </header>
  );
}

/** Phones have room for one link beside the menu. */
function VisitorLinks({ isSignUpOpen }: { isSignUpOpen: boolean }) {
  return (
    <>
      <NavLink href={SIGN_IN}>Sign in</NavLink>
      <span className="hidden sm:contents">
        {isSignUpOpen && (
          <a className="button button-small mx-1" href={SIGN_UP}>
            Sign up
          </a>
        )}
        <ThemeToggle />
      </span>
      <HeaderMenu button={<Icon name="menu" />} className="sm:hidden" label="Menu">
        <MenuLink href={searchLink({})}>Explore</MenuLink>
        <MenuLink href={DOCS}>Docs</MenuLink>
        {isSignUpOpen && <MenuLink href={SIGN_UP}>Sign up</MenuLink>}
        <div className="flex items-center justify-between py-0.5 pr-1 pl-3">
          <span>Theme</span>
          <ThemeToggle />
        </div>
      </HeaderMenu>
    </>
  );
}

function NavLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a className="inline-flex min-h-9 items-center rounded px-2.5 text-muted hover:text-ink" href={href}>
      {children}
    </a>
  );
}
