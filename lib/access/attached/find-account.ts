import type { HomeRegistry, Membership, UserPrincipal } from '../schema.ts';

/** The account of resources that belong to no registry, and of users without one. */
export const SITE_ACCOUNT = '000000000000';

/** A user can create a registry at any time, and would own it. */
const NO_REGISTRY: HomeRegistry = { registryId: SITE_ACCOUNT, role: 'owner' };

/**
 * Finds the registry that a user acts for towards a resource, which is their account in policies. An access key acts for
 * its own registry, a member of the resource's registry for that one, and anyone else for their default registry, which
 * is the only one of a robot. Null if that wasn't looked up.
 */
export function findAccount({ accessKey, robot }: UserPrincipal, membership: Membership | null): HomeRegistry | null {
  if (accessKey) return accessKey;
  if (!membership) return null;
  const { registryId, role, policies, tags = null, home } = membership;
  if (role) return { registryId, role, tags, ...(policies && { policies }) };
  if (robot && home?.registryId !== robot.registryId) return null;
  return home === null ? NO_REGISTRY : (home ?? null);
}
