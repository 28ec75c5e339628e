// Checks whether a token's scopes cover a resource, independent of its user's permissions.
import type { Principal, RepositoryAction } from './schema.ts';
import { scopesAllow } from './token-scope.ts';

export type Reached = {
  kind: 'repository' | 'registry' | 'site';
  /** `ALIAS/NAME`, or `ALIAS/*` for every repository. A scope for any one of them is enough. */
  names: string[];
  actions: readonly RepositoryAction[];
};

/** Whether a credential may call the REST API at all, or change something by it. */
export function hasApiAccess(principal: Principal, need: 'read' | 'write'): boolean {
  if (principal.kind !== 'user') return principal.kind === 'system';
  return principal.apiAccess === 'write' || principal.apiAccess === need;
}

/** Whether a credential covers all resources of a kind, so that names needn't be looked up. */
export function reachesAll(principal: Principal, kind: Reached['kind']): boolean {
  if (principal.kind !== 'user') return principal.kind === 'system';
  return principal.scopes === null || (kind === 'registry' && principal.scopes.length === 0);
}

/**
 * Whether the credential's scopes cover the resource. A repository always requires a scope. A registry and the site
 * don't, but a token with repository scopes is confined to those repositories.
 */
export function canReach(principal: Principal, { kind, names, actions }: Reached): boolean {
  if (principal.kind !== 'user') return principal.kind === 'system';
  const { scopes } = principal;
  if (scopes === null || (kind !== 'repository' && scopes.length === 0)) return true;
  return names.some((name) => actions.every((action) => scopesAllow(scopes, name, action)));
}
