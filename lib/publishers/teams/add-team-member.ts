import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { refreshAttachedPolicies } from '#lib/identity/attached-policies/refresh-attached-policies.ts';
import { MAX_TEAM_MEMBERS } from '#lib/identity/groups/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { getTeamCandidate } from './team-candidate.ts';
import { getTeam, lockTeams } from './team-store.ts';

export type TeamMemberInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  /** A person's email address or id, or a robot's name or id. */
  member: string;
};

/**
 * Adds a person or robot of the registry to a team, whose policies they have at once. Someone whom a group put there stays from now on, even without the group.
 * @throws AppError `forbidden`, `not_found`, `quota_exceeded`
 */
export async function addTeamMember(app: { db: Db }, input: TeamMemberInput): Promise<void> {
  const { caller, registryKey, name } = input;
  await app.db.$transaction(async (tx) => {
    await lockTeams(tx, { caller, registryKey });
    const { id: teamId } = await getTeam(tx, { registryKey, name });
    const { userId, label } = await getTeamCandidate(tx, input);
    const where = { teamId_userId: { teamId, userId } };
    const known = await tx.teamMember.findUnique({ where, select: { isByGroup: true } });
    if (known && !known.isByGroup) return;
    if (!known && (await tx.teamMember.count({ where: { teamId } })) >= MAX_TEAM_MEMBERS) {
      throw new AppError('quota_exceeded', `A team can have at most ${MAX_TEAM_MEMBERS} members. Remove one first.`);
    }
    await tx.teamMember.upsert({
      where,
      create: { teamId, registryKey, userId },
      update: { isByGroup: false },
    });
    await refreshAttachedPolicies(tx, { registryKey, userIds: [userId] });
    const after = { member: label };
    await recordChange(tx, { type: 'team.add-member', caller, registryKey, resource: { name }, after });
  });
}
