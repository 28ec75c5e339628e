// How far a token's scopes reach, whatever its user may do.
import type { Principal, RepositoryAction } from './schema.ts';
import { scopesAllow } from './token-scope.ts';

export type Reached = {
  kind: 'repository' | 'registry' | 'site';
  /** `ALIAS/NAME`, or with `*` for every name. A scope for one of them is enough. */
  names: string[];
  actions: readonly RepositoryAction[];
};

/** A credential that reaches everything of a kind: there is no need to know what it is called. */
export function reachesAll(principal: Principal, kind: Reached['kind']): boolean {
  if (principal.kind !== 'user') return principal.kind === 'system';
  return principal.scopes === null || (kind === 'registry' && principal.scopes.length === 0);
}

/**
 * May this credential reach the object at all, whatever its user may do? A repository needs its scopes. A registry and the
 * site need none, but a token that names repositories is confined to them: it reaches no more than these, unless they are
 * all there are.
 */
export function canReach(principal: Principal, { kind, names, actions }: Reached): boolean {
  if (principal.kind !== 'user') return principal.kind === 'system';
  const { scopes } = principal;
  if (scopes === null || (kind !== 'repository' && scopes.length === 0)) return true;
  return names.some((name) => actions.every((action) => scopesAllow(scopes, name, action)));
}
