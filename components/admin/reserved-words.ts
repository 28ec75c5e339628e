import type { ReservedKind, ReservedMatch } from '#lib/aliases/schema.ts';

export const KIND_WORDS: Record<ReservedKind, string> = {
  service: 'Service: can be claimed',
  seller: 'Seller: can be claimed',
  brand: 'Brand: can be claimed',
  route: 'Site route: refused',
  generic: 'Generic: two reviewers decide',
  blocked: 'Blocked: refused',
};

export const MATCH_WORDS: Record<ReservedMatch, string> = {
  exact: 'this exact name',
  prefix: 'names that start with it',
  folded: 'names that look like it',
};
