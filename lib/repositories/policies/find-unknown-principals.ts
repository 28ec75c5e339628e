import type { LocatedPrincipal } from '#lib/access/attached/check-policy.ts';
import type { NamedPrincipal } from '#lib/access/attached/policy-principals.ts';
import { parseRobotAddress, parseRoleAddress, robotAddress, roleAddress } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finds the principals that don't exist: registries, and people, robots and roles that don't belong to theirs. */
export async function findUnknownPrincipals(
  app: { db: DbOrTx },
  principals: readonly LocatedPrincipal[],
): Promise<LocatedPrincipal[]> {
  const named = principals.flatMap(({ principal }) => (principal.kind === 'anyone' ? [] : [principal]));
  if (named.length === 0) return [];
  const members = named.flatMap((principal) => (principal.kind === 'registry' ? [] : [principal]));
  const ids = members.map(({ name }) => name).filter((name) => UUID.test(name));
  const addresses = members.flatMap(({ registryId, name }) => [
    robotAddress({ registryId, name }),
    roleAddress({ registryId, role: roleOf(name) }),
  ]);
  const registries = await app.db.registry.findMany({
    where: { registryId: { in: named.map(({ registryId }) => registryId) } },
    select: {
      registryId: true,
      members: {
        where: { OR: [{ userId: { in: ids } }, { user: { email: { in: addresses } } }] },
        select: { userId: true, user: { select: { email: true } } },
      },
    },
  });
  const known = new Map(
    registries.map((row) => [
      row.registryId,
      new Set(row.members.map(({ userId, user: { email } }) => nameInArn(userId, email))),
    ]),
  );
  return principals.filter(({ principal }) => !isKnown(known, principal));
}

function isKnown(known: ReadonlyMap<string, ReadonlySet<string>>, principal: NamedPrincipal): boolean {
  if (principal.kind === 'anyone') return true;
  const members = known.get(principal.registryId);
  if (principal.kind === 'registry') return members !== undefined;
  const { kind, name } = principal;
  return members?.has(kind === 'user' ? `user/${name}` : `role/${roleOf(name)}`) === true;
}

/** The role of `ROLE/SESSION`, or of `ROLE`. */
function roleOf(name: string): string {
  return name.split('/', 1)[0] ?? name;
}

/** People have their id in ARNs, robots and roles their name. */
function nameInArn(userId: string, email: string): string {
  const robot = parseRobotAddress(email);
  if (robot) return `user/${robot.name}`;
  const role = parseRoleAddress(email);
  return role ? `role/${role.role}` : `user/${userId}`;
}
