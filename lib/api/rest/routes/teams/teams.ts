// A registry's teams.
import { z } from 'zod';
import { REGISTRY_ROLES } from '#lib/access/schema.ts';
import { JOIN_ROLES, MAX_TEAM_MEMBERS } from '#lib/identity/groups/schema.ts';
import { addTeamMember } from '#lib/publishers/teams/add-team-member.ts';
import { createTeam } from '#lib/publishers/teams/create-team.ts';
import { mapTeamGroups } from '#lib/publishers/teams/map-team-groups.ts';
import { removeTeam } from '#lib/publishers/teams/remove-team.ts';
import { removeTeamMember } from '#lib/publishers/teams/remove-team-member.ts';
import { MAX_TEAM_GROUPS, MAX_TEAMS } from '#lib/publishers/teams/schema.ts';
import { listTeamMembers, listTeams } from '#lib/publishers/teams/team-queries.ts';
import { updateTeam } from '#lib/publishers/teams/update-team.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';

const tag = 'teams';
const registrySchema = z.object({ registryId: z.string() });
const teamSchema = registrySchema.extend({ team: z.string() });
const memberSchema = teamSchema.extend({
  member: z.string().describe("A person's email address or id, or a robot's name or id"),
});
const JOIN_ROLE = 'What users become in the registry whom a group lets in';
const joinRoleSchema = z.enum(JOIN_ROLES).describe(JOIN_ROLE);
const SEEN = { to: 'registry', actions: ['pull'] } as const;
const MANAGED = { to: 'registry', actions: ['pull', 'push', 'delete'] } as const;

export const TEAM_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/teams',
    tag,
    access: 'user',
    reach: SEEN,
    summary: "List a registry's teams. For members",
    params: registrySchema,
    output: z.object({
      teams: z.array(
        z.object({
          name: z.string(),
          description: z.string(),
          createdAt: z.date(),
          memberCount: z.number(),
          groups: z.array(z.string()).describe("Groups of the site's identity provider whose users are members"),
          joinRole: z.enum(REGISTRY_ROLES).describe(JOIN_ROLE),
        }),
      ),
    }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { teams: await listTeams(app, { caller, registryKey }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/teams',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: `Create a team, at most ${MAX_TEAMS} for each registry. For owners`,
    params: registrySchema,
    body: z.strictObject({
      name: z.string().describe('Lowercase letters and digits, with single dots, hyphens or underscores between them'),
      description: z.string().default(''),
      joinRole: joinRoleSchema.default('reader'),
    }),
    output: z.object({ name: z.string() }),
    status: 201,
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return createTeam(app, { caller, registryKey, ...body });
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}/teams/{team}',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: "Change a team's description or the role of users whom its groups let in. For owners",
    params: teamSchema,
    body: z.strictObject({ description: z.string(), joinRole: joinRoleSchema }).partial(),
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await updateTeam(app, { caller, registryKey, name: params.team, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/teams/{team}',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Remove a team. Its members stay in the registry. For owners',
    params: teamSchema,
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await removeTeam(app, { caller, registryKey, name: params.team });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/teams/{team}/members',
    tag,
    access: 'user',
    reach: SEEN,
    summary: "List a team's people and robots. For members of the registry",
    params: teamSchema,
    output: z.object({
      members: z.array(
        z.object({
          userId: z.string(),
          kind: z.enum(['person', 'robot']),
          name: z.string().describe("A person's email address, or a robot's name"),
          displayName: z.string(),
          role: z.enum(REGISTRY_ROLES).describe('In the registry'),
          isByGroup: z.boolean().describe('Whether a group of the identity provider put them there'),
        }),
      ),
    }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { members: await listTeamMembers(app, { caller, registryKey, name: params.team }) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/teams/{team}/members/{member}',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: `Add a person or robot of the registry to a team, at most ${MAX_TEAM_MEMBERS}. For owners`,
    params: memberSchema,
    handle: async (app, { caller, params: { registryId, team, member } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await addTeamMember(app, { caller, registryKey, name: team, member });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/teams/{team}/members/{member}',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Remove a person or robot from a team. They stay in the registry. For owners',
    params: memberSchema,
    handle: async (app, { caller, params: { registryId, team, member } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await removeTeamMember(app, { caller, registryKey, name: team, member });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/admin/registries/{registryId}/teams/{team}/groups',
    tag: 'admin',
    access: 'admin',
    reach: { to: 'site' },
    summary: `Set the groups of the site's identity provider that are members of a team, at most ${MAX_TEAM_GROUPS}`,
    params: teamSchema,
    body: z.strictObject({ groups: z.array(z.string()) }),
    output: z.object({ groups: z.array(z.string()) }),
    handle: (app, { caller, params: { registryId, team }, body }) =>
      mapTeamGroups(app, { caller, registryId, name: team, ...body }),
  }),
];
