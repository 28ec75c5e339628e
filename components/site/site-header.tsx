import type { ReactNode } from 'react';
import { ADMIN, CONSOLE, DOCS, HOME, REVIEW, SIGN_IN } from '../links.ts';
import { Logo } from './logo.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

type SiteHeaderProps = {
  /** Null for a visitor. */
  userName: string | null;
  mayReview: boolean;
  mayAdminister: boolean;
  /** A search field, unless the page has its own. */
  search?: ReactNode;
};

export function SiteHeader({ userName, mayReview, mayAdminister, search }: SiteHeaderProps) {
  return (
    <header className="border-b border-line">
      <a
        className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:rounded focus:bg-canvas focus:px-3 focus:py-2"
        href="#content"
      >
        Skip to content
      </a>
      <div className="mx-auto flex min-h-14 max-w-6xl flex-wrap items-center gap-x-4 px-4 sm:flex-nowrap">
        <a className="flex min-h-11 items-center gap-2 text-lg font-semibold tracking-tight" href={HOME}>
          <span className="text-accent">
            <Logo />
          </span>
          Vitrine
        </a>
        <div className="order-last w-full pb-3 empty:hidden sm:order-none sm:w-auto sm:max-w-md sm:flex-1 sm:pb-0">
          {search}
        </div>
        <nav aria-label="Site" className="-mr-2.5 ml-auto flex items-center gap-1">
          <NavLink href={DOCS}>Docs</NavLink>
          {/* Hidden on phones. The console's tabs link there too. */}
          <span className="hidden sm:contents">
            {mayReview && <NavLink href={REVIEW}>Review</NavLink>}
            {mayAdminister && <NavLink href={ADMIN}>Admin</NavLink>}
          </span>
          {userName === null ? <NavLink href={SIGN_IN}>Sign in</NavLink> : <NavLink href={CONSOLE}>Console</NavLink>}
          <ThemeToggle />
        </nav>
      </div>
    </header>
  );
}

function NavLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a className="inline-flex min-h-9 items-center rounded px-2.5 text-muted hover:text-ink" href={href}>
      {children}
    </a>
  );
}
