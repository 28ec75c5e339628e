// Teams as forms and the API take them. Browser-safe.
import { z } from 'zod';
import { groupSchema, JOIN_ROLES } from '#lib/identity/groups/schema.ts';
import { oneLine } from '#lib/platform/one-line.ts';
import { MAX_ROBOT_DESCRIPTION_LENGTH, robotNameSchema } from '#lib/publishers/robots/schema.ts';

/** For each registry. */
export const MAX_TEAMS = 100;
/** Of the identity provider, for each team. */
export const MAX_TEAM_GROUPS = 50;

const descriptionSchema = oneLine(MAX_ROBOT_DESCRIPTION_LENGTH);

const joinRoleSchema = z.enum(JOIN_ROLES, { error: `Choose one of ${JOIN_ROLES.join(', ')}.` });

export const newTeamSchema = z.object({
  name: robotNameSchema,
  description: descriptionSchema,
  joinRole: joinRoleSchema.default('reader'),
});
/** Omitted fields keep their values. */
export const teamChangeSchema = z.object({ description: descriptionSchema, joinRole: joinRoleSchema }).partial();
export const teamGroupsSchema = z.object({
  groups: z.array(groupSchema).max(MAX_TEAM_GROUPS, `A team can have at most ${MAX_TEAM_GROUPS} groups.`),
});
