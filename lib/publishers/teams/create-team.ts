import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { JoinRole } from '#lib/identity/groups/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { MAX_TEAMS, newTeamSchema } from './schema.ts';
import { lockTeams } from './team-store.ts';

export type CreateTeamInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  description: string;
  /** What users become in the registry whom a group of the team lets in. Missing: readers. */
  joinRole?: JoinRole | undefined;
};

/** Creates a team without members. @throws AppError `invalid_input`, `forbidden`, `name_taken`, `quota_exceeded` */
export async function createTeam(app: { db: Db }, input: CreateTeamInput): Promise<{ name: string }> {
  const { caller, registryKey } = input;
  const { name, description, joinRole } = parseInput(newTeamSchema, input);
  return app.db.$transaction(async (tx) => {
    await lockTeams(tx, { caller, registryKey });
    if ((await tx.team.count({ where: { registryKey, name } })) > 0) {
      const message = `This registry already has a team named ${name}.`;
      throw new AppError('name_taken', message, { detail: { fieldErrors: { name: message } } });
    }
    if ((await tx.team.count({ where: { registryKey } })) >= MAX_TEAMS) {
      throw new AppError('quota_exceeded', `A registry can have at most ${MAX_TEAMS} teams. Remove one first.`);
    }
    await tx.team.create({ data: { registryKey, name, description, joinRole } });
    const after = { description, joinRole };
    await recordChange(tx, { type: 'team.create', caller, registryKey, resource: { name }, after });
    return { name };
  });
}
