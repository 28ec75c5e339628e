import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { JoinRole } from '#lib/identity/groups/schema.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { teamChangeSchema } from './schema.ts';
import { getTeam, lockTeams } from './team-store.ts';

export type UpdateTeamInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  description?: string | undefined;
  /** Takes effect at each user's next sign-in. */
  joinRole?: JoinRole | undefined;
};

/** @throws AppError `invalid_input`, `forbidden`, `not_found` */
export async function updateTeam(app: { db: Db }, input: UpdateTeamInput): Promise<void> {
  const { caller, registryKey, name } = input;
  const change = parseInput(teamChangeSchema, input);
  await app.db.$transaction(async (tx) => {
    await lockTeams(tx, { caller, registryKey });
    const { id, description, joinRole } = await getTeam(tx, { registryKey, name });
    const before = { description, joinRole };
    const after = { description: change.description ?? description, joinRole: change.joinRole ?? joinRole };
    if (isDeepStrictEqual(before, after)) return;
    await tx.team.update({ where: { id }, data: after });
    await recordChange(tx, { type: 'team.update', caller, registryKey, resource: { name }, before, after });
  });
}
