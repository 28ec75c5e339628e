import type { LocatedPrincipal } from '#lib/access/attached/check-policy.ts';
import type { NamedPrincipal } from '#lib/access/attached/policy-principals.ts';
import { roleAddress, robotAddress } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Finds the principals that don't exist: registries without a row, users who aren't members or robots of theirs, and roles
 * that they don't have.
 */
export async function findUnknownPrincipals(
  app: { db: DbOrTx },
  principals: readonly LocatedPrincipal[],
): Promise<LocatedPrincipal[]> {
  const named = principals.flatMap(({ principal }) => ('registryId' in principal ? [principal] : []));
  if (named.length === 0) return [];
  const users = named.filter(({ kind }) => kind === 'user').flatMap((user) => ('name' in user ? [user] : []));
  const ids = users.map(({ name }) => name).filter((name) => UUID.test(name));
  const robots = users.filter(({ name }) => !UUID.test(name)).map(robotAddress);
  const roles = named.flatMap((principal) => roleOf(principal) ?? []);
  const registries = await app.db.registry.findMany({
    where: { registryId: { in: named.map(({ registryId }) => registryId) } },
    select: {
      registryId: true,
      members: {
        where: { OR: [{ userId: { in: ids } }, { user: { email: { in: [...robots, ...roles] } } }] },
        select: { userId: true, user: { select: { email: true } } },
      },
    },
  });
  const known = new Map(
    registries.map(({ registryId, members }) => [
      registryId,
      new Set(members.flatMap(({ userId, user }) => [userId, user.email])),
    ]),
  );
  return principals.filter(({ principal }) => {
    if (principal.kind === 'anyone') return false;
    const members = known.get(principal.registryId);
    if (principal.kind === 'registry') return !members;
    const role = roleOf(principal);
    if (role !== null) return !members?.has(role);
    return !(members?.has(principal.name) || members?.has(robotAddress(principal)));
  });
}

/** The address of a role, also of the one that a session is of. Null for everybody else. */
function roleOf(principal: NamedPrincipal): string | null {
  if (principal.kind !== 'role' && principal.kind !== 'session') return null;
  const [role = ''] = principal.name.split('/');
  return roleAddress({ registryId: principal.registryId, role });
}
