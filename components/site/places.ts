import type { SiteRole } from '#lib/access/schema.ts';
import { ADMIN, CONSOLE, DOCS, HOME, REVIEW, searchLink, SIGN_IN } from '../links.ts';

/** Where the palette can go, for whoever has this role; null is a visitor. */
export function placesOf(role: SiteRole | null): { text: string; href: string }[] {
  return [
    { text: 'Home', href: HOME },
    { text: 'Search', href: searchLink({}) },
    { text: 'Docs', href: DOCS },
    role === null ? { text: 'Sign in', href: SIGN_IN } : { text: 'Console', href: CONSOLE },
    ...(role === 'reviewer' || role === 'admin' ? [{ text: 'Review', href: REVIEW }] : []),
    ...(role === 'admin' ? [{ text: 'Admin', href: ADMIN }] : []),
  ];
}
