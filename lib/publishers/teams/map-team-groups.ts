import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { teamGroupsSchema } from './schema.ts';
import { getTeam } from './team-store.ts';

export type MapTeamGroupsInput = {
  caller: Caller;
  /** 12 digits. */
  registryId: string;
  name: string;
  groups: string[];
};

/**
 * Sets which groups of the site's identity provider are members of a team. For admins, because the groups belong to the site.
 * Takes effect at each user's next sign-in.
 * @throws AppError `invalid_input`, `forbidden`, `not_found`
 */
export async function mapTeamGroups(app: { db: Db }, input: MapTeamGroupsInput): Promise<{ groups: string[] }> {
  const { caller, registryId, name } = input;
  requireAllowed({ ...caller, action: 'vitrine:MapGroups' });
  const groups = [...new Set(parseInput(teamGroupsSchema, input).groups)].sort();
  return app.db.$transaction(async (tx) => {
    const registry = await tx.registry.findUnique({ where: { registryId }, select: { id: true } });
    if (!registry) throw new AppError('not_found', `Registry ${registryId} not found.`);
    const registryKey = registry.id;
    await lockRegistry(tx, registryKey);
    const { id: teamId } = await getTeam(tx, { registryKey, name });
    const known = await tx.teamGroup.findMany({ where: { teamId }, select: { group: true } });
    const before = { groups: known.map(({ group }) => group).sort() };
    if (before.groups.join('\n') === groups.join('\n')) return { groups };
    await tx.teamGroup.deleteMany({ where: { teamId } });
    await tx.teamGroup.createMany({ data: groups.map((group) => ({ teamId, group })) });
    const resource = { name };
    await recordChange(tx, { type: 'team.map-groups', caller, registryKey, resource, before, after: { groups } });
    return { groups };
  });
}
