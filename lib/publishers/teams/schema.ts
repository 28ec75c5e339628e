// Teams as forms and the API take them. Browser-safe.
import { z } from 'zod';
import { oneLine } from '#lib/platform/one-line.ts';
import { MAX_ROBOT_DESCRIPTION_LENGTH, robotNameSchema } from '#lib/publishers/robots/schema.ts';

/** For each registry. */
export const MAX_TEAMS = 100;
/** For each team. */
export const MAX_TEAM_MEMBERS = 1_000;
/** Of the identity provider, for each team. */
export const MAX_TEAM_GROUPS = 50;
/** Longer ones in a token are ignored. */
export const MAX_GROUP_LENGTH = 255;

const descriptionSchema = oneLine(MAX_ROBOT_DESCRIPTION_LENGTH);

export const newTeamSchema = z.object({ name: robotNameSchema, description: descriptionSchema });
export const teamChangeSchema = z.object({ description: descriptionSchema });

/** Group names as the identity provider writes them, such as `/engineering/platform`. */
export const teamGroupsSchema = z.object({
  groups: z
    .array(oneLine(MAX_GROUP_LENGTH).min(1, 'Enter a group.'))
    .max(MAX_TEAM_GROUPS, `A team can have at most ${MAX_TEAM_GROUPS} groups.`),
});
