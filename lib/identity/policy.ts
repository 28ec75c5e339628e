// Who may do what. Pure: every edge and use case asks here, and nowhere else.
import type { Principal, RegistryRole, RepositoryAction, UserPrincipal } from '#lib/access/schema.ts';
import { REPOSITORY_ACTIONS } from '#lib/access/schema.ts';
import { scopesAllow } from '#lib/access/token-scope.ts';

const ROLE_ACTIONS: Record<RegistryRole, readonly RepositoryAction[]> = {
  owner: ['pull', 'push', 'delete'],
  maintainer: ['pull', 'push', 'delete'],
  pusher: ['pull', 'push'],
  reader: ['pull'],
};

const MANAGING_ROLES: readonly RegistryRole[] = ['owner', 'maintainer'];

export type RepositoryAccess = {
  actor: Principal;
  /** The actor's role in the registry that owns the repository. */
  role: RegistryRole | null;
  visibility: 'public' | 'private';
  /** `ALIAS/NAME` as the client wrote it: what a token's scopes are matched against. */
  fullName: string;
};

/** A credential only ever takes away: what anyone may pull, every credential may pull. */
export function allowedRepositoryActions({ actor, role, visibility, fullName }: RepositoryAccess): RepositoryAction[] {
  return REPOSITORY_ACTIONS.filter((action) => {
    if (action === 'pull' && visibility === 'public') return true;
    return role !== null && ROLE_ACTIONS[role].includes(action) && credentialAllows(actor, fullName, action);
  });
}

/** Making a repository is for those who manage the registry, with a credential that may push to that name. */
export function canCreateRepository(input: Omit<RepositoryAccess, 'visibility'>): boolean {
  return isManagingRole(input.role) && credentialAllows(input.actor, input.fullName, 'push');
}

export type Reached = {
  kind: 'repository' | 'registry' | 'site';
  /** `ALIAS/NAME`, or with `*` for every name: any one of them will do. */
  names: string[];
  actions: readonly RepositoryAction[];
};

/**
 * May this credential reach the object at all, whatever its user may do? A repository needs its scopes. A registry and the
 * site need none, but a token that names repositories is confined to them: it reaches no more than these, unless they are
 * all there are.
 */
export function canReach(actor: Principal, { kind, names, actions }: Reached): boolean {
  if (actor.kind === 'anonymous') return false;
  const { scopes } = actor;
  if (scopes === null || (kind !== 'repository' && scopes.length === 0)) return true;
  return names.some((name) => actions.every((action) => scopesAllow(scopes, name, action)));
}

/** Pages, profile, members, aliases: a token that is scoped to repository actions alone does not reach them. */
export function canManageRegistry({ actor, role }: { actor: Principal; role: RegistryRole | null }): boolean {
  return isManagingRole(role) && canWrite(actor);
}

export type RoleChange = {
  actor: Principal;
  role: RegistryRole | null;
  from: RegistryRole | null;
  to: RegistryRole | null;
};

/** Null stands for no member. Owners alone give and take the role of owner. */
export function canChangeRole({ actor, role, from, to }: RoleChange): boolean {
  return canManageRegistry({ actor, role }) && (role === 'owner' || (from !== 'owner' && to !== 'owner'));
}

/** Whoever works on a registry reads what happened in it; admins everything. */
export function canReadAudit({ actor, role }: { actor: Principal; role: RegistryRole | null }): boolean {
  if (actor.kind === 'anonymous' || actor.apiAccess === 'none') return false;
  return (role !== null && role !== 'reader') || actor.siteRole === 'admin';
}

export function canReview(actor: Principal): boolean {
  return canWrite(actor) && (actor.siteRole === 'reviewer' || actor.siteRole === 'admin');
}

export function canAdminister(actor: Principal): boolean {
  return canWrite(actor) && actor.siteRole === 'admin';
}

/** Everything but `scopes: null` came in by a token, and a token can't mint another. */
export function canManageAccessTokens(actor: Principal): boolean {
  return actor.kind === 'user' && actor.scopes === null;
}

/** One's own account, as far as an access token may reach into it. */
export function canWrite(actor: Principal): actor is UserPrincipal {
  return actor.kind === 'user' && actor.apiAccess === 'write';
}

/** Whatever the credential: for what only those who manage a registry see. */
export function isManagingRole(role: RegistryRole | null): boolean {
  return role !== null && MANAGING_ROLES.includes(role);
}

function credentialAllows(actor: Principal, fullName: string, action: RepositoryAction): boolean {
  if (actor.kind === 'anonymous') return false;
  return actor.scopes === null || scopesAllow(actor.scopes, fullName, action);
}
