import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { refreshAttachedPolicies } from '#lib/identity/attached-policies/refresh-attached-policies.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getTeam, lockTeams } from './team-store.ts';

type Input = { caller: Caller; registryKey: bigint; name: string };

/** Removes a team with its policies. Its members stay in the registry. @throws AppError `forbidden`, `not_found` */
export async function removeTeam(app: { db: Db }, { caller, registryKey, name }: Input): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockTeams(tx, { caller, registryKey });
    const { id } = await getTeam(tx, { registryKey, name });
    const members = await tx.teamMember.findMany({ where: { teamId: id }, select: { userId: true } });
    await tx.team.delete({ where: { id } });
    await refreshAttachedPolicies(tx, { registryKey, userIds: members.map(({ userId }) => userId) });
    const before = { members: members.length };
    await recordChange(tx, { type: 'team.remove', caller, registryKey, resource: { name }, before });
  });
}
