import { recordChange } from '#lib/events/record-change.ts';
import { refreshAttachedPolicies } from '#lib/identity/attached-policies/refresh-attached-policies.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { TeamMemberInput } from './add-team-member.ts';
import { getTeamCandidate } from './team-candidate.ts';
import { getTeam, lockTeams } from './team-store.ts';

/**
 * Removes a person or robot from a team. They stay in the registry. A group that is mapped to the team adds them again at
 * their next sign-in.
 * @throws AppError `forbidden`, `not_found`
 */
export async function removeTeamMember(app: { db: Db }, input: TeamMemberInput): Promise<void> {
  const { caller, registryKey, name } = input;
  await app.db.$transaction(async (tx) => {
    await lockTeams(tx, { caller, registryKey });
    const { id: teamId } = await getTeam(tx, { registryKey, name });
    const { userId, label } = await getTeamCandidate(tx, input);
    const { count } = await tx.teamMember.deleteMany({ where: { teamId, userId } });
    if (count === 0) throw new AppError('not_found', `${label} isn't a member of this team.`);
    await refreshAttachedPolicies(tx, { registryKey, userIds: [userId] });
    const before = { member: label };
    await recordChange(tx, { type: 'team.remove-member', caller, registryKey, resource: { name }, before });
  });
}
