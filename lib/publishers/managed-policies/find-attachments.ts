import { parseRoleAddress } from '#lib/access/schema.ts';
import { nameHolder } from '#lib/identity/attached-policies/name-holder.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** To whom a managed policy is attached. */
export type PolicyAttachment = {
  kind: 'member' | 'robot' | 'role' | 'team';
  /** As policies of principals are addressed: a user id, a robot's name, `role:NAME` or `team:NAME`. */
  principal: string;
  /** As it is shown: the email address of a person, or the name of a robot, role or team. */
  name: string;
};

/** Lists teams first, then members, robots and roles by name. Doesn't authorize. @param policy a reference */
export async function findAttachments(
  tx: DbOrTx,
  { registryKey, policy }: { registryKey: bigint; policy: string },
): Promise<PolicyAttachment[]> {
  const where = { registryKey, managedPolicies: { has: policy } };
  const teams = await tx.team.findMany({ where, orderBy: { name: 'asc' }, select: { name: true } });
  const members = await tx.member.findMany({
    where,
    orderBy: { user: { email: 'asc' } },
    select: { userId: true, user: { select: { email: true, kind: true } } },
  });
  return [
    ...teams.map(({ name }): PolicyAttachment => ({ kind: 'team', principal: `team:${name}`, name })),
    ...members.map(({ userId, user: { email, kind } }): PolicyAttachment => {
      const name = nameHolder(email);
      if (kind === 'person') return { kind: 'member', principal: userId, name };
      return { kind, principal: parseRoleAddress(email) ? `role:${name}` : name, name };
    }),
  ];
}
