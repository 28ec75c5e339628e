import { z } from 'zod';
import { isRobotName, robotAddress } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { getRegistryId } from '#lib/publishers/robots/robot-store.ts';

/**
 * Finds a person or robot of a registry by id, email address or robot name. Roles can't be members of teams.
 * @throws AppError `not_found`
 */
export async function getTeamCandidate(
  tx: DbOrTx,
  { registryKey, member }: { registryKey: bigint; member: string },
): Promise<{ userId: string; label: string }> {
  const text = member.trim();
  const { registryId } = await getRegistryId(tx, registryKey);
  const isId = z.uuid().safeParse(text).success;
  const email = isRobotName(text) ? robotAddress({ registryId, name: text }) : text.toLowerCase();
  const user = text.includes('\0')
    ? null
    : await tx.user.findFirst({
        where: {
          ...(isId ? { id: text } : { email }),
          kind: { in: ['person', 'robot'] },
          members: { some: { registryKey } },
        },
        select: { id: true, kind: true, email: true, displayName: true },
      });
  if (!user) throw new AppError('not_found', 'No person or robot of this registry has this address or name.');
  return { userId: user.id, label: user.kind === 'robot' ? user.displayName : user.email };
}
