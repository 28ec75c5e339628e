// Shared by all changes to a registry's teams.
import { authorize } from '#lib/access/authorize.ts';
import { isRobotName, type Caller, type RegistryRole } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { lockRobots } from '#lib/publishers/robots/robot-store.ts';

export type TeamRow = { id: bigint; description: string; joinRole: RegistryRole };

/**
 * Serialises changes to a registry's teams and requires that the caller may make them.
 * @throws AppError `unauthenticated` if the caller's credential was revoked while waiting, `forbidden`
 */
export async function lockTeams(
  tx: DbOrTx,
  { caller, registryKey }: { caller: Caller; registryKey: bigint },
): Promise<void> {
  await lockRobots(tx, { caller, registryKey });
  await authorize({ db: tx }, { ...caller, action: 'vitrine:ManageTeams', registryKey });
}

/** @throws AppError `not_found` */
export async function getTeam(
  tx: DbOrTx,
  { registryKey, name }: { registryKey: bigint; name: string },
): Promise<TeamRow> {
  const team =
    isRobotName(name) &&
    (await tx.team.findUnique({
      where: { registryKey_name: { registryKey, name } },
      select: { id: true, description: true, joinRole: true },
    }));
  if (!team) throw new AppError('not_found', 'Team not found.');
  return team;
}
