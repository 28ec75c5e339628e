import { ACCOUNT, ADMIN, CONSOLE, DOCS, FOLLOWING, NOTIFICATIONS, REVIEW, searchLink, TOKENS } from '../links.ts';
import { initials } from '../catalog/avatar-tile.tsx';
import { countOf, formatCount } from '../ui/format-number.ts';
import { HeaderMenu, MenuLine, MenuLink } from './header-menu.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

export type SignedIn = {
  name: string;
  email: string;
  unread: number;
  mayReview: boolean;
  mayAdminister: boolean;
};

type AccountMenuProps = { user: SignedIn; signOut: () => Promise<void> };

export function AccountMenu({ user, signOut }: AccountMenuProps) {
  const { name, email, unread, mayReview, mayAdminister } = user;
  return (
    <HeaderMenu
      button={
        <span className="relative inline-flex size-8 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent">
          {initials(name)}
          {unread > 0 && (
            <span className="absolute -top-0.5 -right-0.5 size-2.5 rounded-full border-2 border-canvas bg-accent" />
          )}
        </span>
      }
      label={unread > 0 ? `Account, ${countOf(unread, 'new notification')}` : 'Account'}
    >
      <div className="px-3 py-1.5">
        <p className="truncate font-semibold" dir="auto">
          {name}
        </p>
        <p className="truncate text-sm text-muted">{email}</p>
      </div>
      <MenuLine />
      <div className="sm:hidden">
        <MenuLink href={searchLink({})}>Explore</MenuLink>
        <MenuLink href={DOCS}>Docs</MenuLink>
        <MenuLine />
      </div>
      <MenuLink href={CONSOLE}>Registries</MenuLink>
      <MenuLink href={FOLLOWING}>Following</MenuLink>
      <MenuLink href={NOTIFICATIONS}>
        Notifications
        {unread > 0 && (
          <span className="rounded-full bg-accent px-1.5 text-xs text-on-accent tabular-nums">
            {formatCount(unread)}
          </span>
        )}
      </MenuLink>
      <MenuLink href={TOKENS}>Access tokens</MenuLink>
      <MenuLink href={ACCOUNT}>Account settings</MenuLink>
      {(mayReview || mayAdminister) && <MenuLine />}
      {mayReview && <MenuLink href={REVIEW}>Review</MenuLink>}
      {mayAdminister && <MenuLink href={ADMIN}>Admin</MenuLink>}
      <MenuLine />
      <div className="flex items-center justify-between py-0.5 pr-1 pl-3">
        <span>Theme</span>
        <ThemeToggle />
      </div>
      <form action={signOut}>
        <button className="flex min-h-9 w-full items-center px-3 text-left hover:bg-surface focus-visible:-outline-offset-2">
          Sign out
        </button>
      </form>
    </HeaderMenu>
  );
}
