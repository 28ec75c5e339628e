import { readStoredPolicies } from '#lib/access/attached/attached-policy.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { derivePolicies } from './derive-policies.ts';
import { nameHolder } from './name-holder.ts';
import { MAX_ATTACHED_LENGTH } from './schema.ts';
import { updateAttachedPolicies } from './update-attached-policies.sql.ts';

/** Bounds the memory and the size of a statement. */
const BATCH = 200;

/** Which members a change concerns. `policy`: all who have the managed policy, directly or by a team. */
export type Concerned = { userIds: string[] } | { teamId: bigint } | { policy: string };

/**
 * Derives the policies of members anew, after what they are derived from has changed in the same transaction. The caller has
 * locked the registry. Triggers announce whose policies are different now.
 * @throws AppError `quota_exceeded` if somebody would have more than MAX_ATTACHED_LENGTH
 */
export async function refreshAttachedPolicies(
  tx: DbOrTx,
  { registryKey, ...concerned }: { registryKey: bigint } & Concerned,
): Promise<void> {
  const members = await tx.member.findMany({
    where: { registryKey, ...toFilter(concerned) },
    select: {
      userId: true,
      managedPolicies: true,
      user: { select: { email: true } },
      teams: { select: { team: { select: { name: true, policies: true, managedPolicies: true } } } },
    },
  });
  const texts = await readTexts(tx, registryKey);
  for (let start = 0; start < members.length; start += BATCH) {
    const changes = members.slice(start, start + BATCH).map(({ userId, managedPolicies, user, teams }) => {
      const ofTeams = teams.map(({ team }) => ({ ...team, policies: readStoredPolicies(team.policies) }));
      const policies = derivePolicies({ managedPolicies, teams: ofTeams, texts });
      if (policies !== null && policies.length > MAX_ATTACHED_LENGTH) throw tooLong(user.email, policies.length);
      return { userId, policies };
    });
    await updateAttachedPolicies(tx, { registryKey, changes });
  }
}

function toFilter(concerned: Concerned): Prisma.MemberWhereInput {
  if ('userIds' in concerned) return { userId: { in: concerned.userIds } };
  if ('teamId' in concerned) return { teams: { some: { teamId: concerned.teamId } } };
  const managedPolicies = { has: concerned.policy };
  return { OR: [{ managedPolicies }, { teams: { some: { team: { managedPolicies } } } }] };
}

async function readTexts(tx: DbOrTx, registryKey: bigint): Promise<Map<string, string>> {
  const versions = await tx.managedPolicyVersion.findMany({
    where: { isDefault: true, managedPolicy: { registryKey } },
    select: { policy: true, managedPolicy: { select: { name: true } } },
  });
  return new Map(versions.map(({ policy, managedPolicy: { name } }) => [name, policy]));
}

function tooLong(email: string, length: number): AppError {
  return new AppError(
    'quota_exceeded',
    `With this, ${nameHolder(email)} would have ${length} characters of attached policies and policies of teams, and ${MAX_ATTACHED_LENGTH} are the limit. Shorten or detach one first.`,
  );
}
