import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { Caller, RegistryRole } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getTeam } from './team-store.ts';

type AskedTeams = { caller: Caller; registryKey: bigint };

export type TeamView = {
  name: string;
  description: string;
  createdAt: Date;
  memberCount: number;
  /** Of the site's identity provider. */
  groups: string[];
  /** What users become in the registry whom a group lets in. */
  joinRole: RegistryRole;
};

export type TeamMemberView = {
  userId: string;
  kind: 'person' | 'robot';
  /** A person's address, or a robot's name. */
  name: string;
  displayName: string;
  /** In the registry. */
  role: RegistryRole;
  /** Whether a group of the identity provider put them there. */
  isByGroup: boolean;
};

async function requireView(app: { db: Db }, { caller, registryKey }: AskedTeams): Promise<void> {
  const membership = await findMembership(app, { principal: caller.principal, registryKey });
  requireAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership });
}

/** Lists a registry's teams by name. For members. @throws AppError `forbidden` */
export async function listTeams(app: { db: Db }, asked: AskedTeams): Promise<TeamView[]> {
  await requireView(app, asked);
  const teams = await app.db.team.findMany({
    where: { registryKey: asked.registryKey },
    orderBy: { name: 'asc' },
    include: { groups: { orderBy: { group: 'asc' } }, _count: { select: { members: true } } },
  });
  return teams.map(({ name, description, joinRole, createdAt, groups, _count }) => ({
    name,
    description,
    joinRole,
    createdAt,
    memberCount: _count.members,
    groups: groups.map(({ group }) => group),
  }));
}

/** Lists a team's people and robots by name. For members of its registry. @throws AppError `forbidden`, `not_found` */
export async function listTeamMembers(
  app: { db: Db },
  { name, ...asked }: AskedTeams & { name: string },
): Promise<TeamMemberView[]> {
  await requireView(app, asked);
  const { id: teamId } = await getTeam(app.db, { registryKey: asked.registryKey, name });
  const rows = await app.db.teamMember.findMany({
    where: { teamId },
    include: { member: { select: { role: true, user: { select: { kind: true, email: true, displayName: true } } } } },
  });
  return rows
    .map(({ userId, isByGroup, member: { role, user } }): TeamMemberView => {
      const isRobot = user.kind === 'robot';
      const names = { name: isRobot ? user.displayName : user.email, displayName: user.displayName };
      return { userId, kind: isRobot ? 'robot' : 'person', ...names, role, isByGroup };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
