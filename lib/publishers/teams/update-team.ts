import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { teamChangeSchema } from './schema.ts';
import { getTeam, lockTeams } from './team-store.ts';

export type UpdateTeamInput = { caller: Caller; registryKey: bigint; name: string; description: string };

/** Changes a team's description. @throws AppError `invalid_input`, `forbidden`, `not_found` */
export async function updateTeam(app: { db: Db }, input: UpdateTeamInput): Promise<void> {
  const { caller, registryKey, name } = input;
  const after = parseInput(teamChangeSchema, input);
  await app.db.$transaction(async (tx) => {
    await lockTeams(tx, { caller, registryKey });
    const { id, description } = await getTeam(tx, { registryKey, name });
    if (description === after.description) return;
    await tx.team.update({ where: { id }, data: after });
    const before = { description };
    await recordChange(tx, { type: 'team.update', caller, registryKey, resource: { name }, before, after });
  });
}
