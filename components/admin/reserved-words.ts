import type { ReservedKind, ReservedMatch } from '#lib/aliases/schema.ts';

export const KIND_WORDS: Record<ReservedKind, string> = {
  service: 'Service: can be claimed',
  seller: 'Seller: can be claimed',
  brand: 'Brand: can be claimed',
  route: 'Route of the site: refused',
  generic: 'Generic: two reviewers look at it',
  blocked: 'Blocked: refused',
};

export const MATCH_WORDS: Record<ReservedMatch, string> = {
  exact: 'this very name',
  prefix: 'what begins with it',
  folded: 'what looks like it',
};
