import { ADMIN, CONSOLE, DOCS, HOME, REVIEW, searchLink, SIGN_IN } from '../links.ts';

export type Visitor = { isSignedIn: boolean; mayReview: boolean; mayAdminister: boolean };

/** Destinations of the palette. */
export function placesOf({ isSignedIn, mayReview, mayAdminister }: Visitor): { text: string; href: string }[] {
  return [
    { text: 'Home', href: HOME },
    { text: 'Search', href: searchLink({}) },
    { text: 'Docs', href: DOCS },
    isSignedIn ? { text: 'Console', href: CONSOLE } : { text: 'Sign in', href: SIGN_IN },
    ...(mayReview ? [{ text: 'Review', href: REVIEW }] : []),
    ...(mayAdminister ? [{ text: 'Admin', href: ADMIN }] : []),
  ];
}
