import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { JOIN_ROLES, type JoinRole } from '#lib/identity/groups/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { addTeamMember } from '#lib/publishers/teams/add-team-member.ts';
import { createTeam } from '#lib/publishers/teams/create-team.ts';
import { removeTeamMember } from '#lib/publishers/teams/remove-team-member.ts';
import { removeTeam } from '#lib/publishers/teams/remove-team.ts';
import { listTeamMembers, listTeams } from '#lib/publishers/teams/team-queries.ts';
import { updateTeam } from '#lib/publishers/teams/update-team.ts';
import { print, required, withApp, type Command, type OptionValues } from '../command.ts';
import { findRegistryKey } from '../robot.ts';
import { REGISTRY_OPTION } from './policy-options.ts';

const caller = SYSTEM_CALLER;
const NAMED = { registry: REGISTRY_OPTION, name: { value: 'NAME', doc: 'Name of the team', isRequired: true } };
const MEMBER = { ...NAMED, member: { value: 'WHO', doc: 'An email address, or a robot’s name', isRequired: true } };
const JOIN_ROLE_OPTION = { value: 'ROLE', doc: `What users become whom a group lets in: ${JOIN_ROLES.join(' or ')}` };
const DESCRIPTION_OPTION = { value: 'TEXT', doc: 'Who is in the team' };

export const createTeamCommand: Command = {
  summary: 'Create a team of a registry',
  options: { ...NAMED, description: DESCRIPTION_OPTION, 'join-role': JOIN_ROLE_OPTION },
  run: async (values) => {
    const team = readNamed(values);
    const description = typeof values.description === 'string' ? values.description : '';
    const joinRole = readJoinRole(values);
    await withApp(async (app) =>
      createTeam(app, {
        caller,
        registryKey: await findRegistryKey(app, team.registryId),
        name: team.name,
        description,
        joinRole,
      }),
    );
    print(values, { ...team, description }, [`Created the team ${team.name} of registry ${team.registryId}.`]);
  },
};

export const listTeamsCommand: Command = {
  summary: "List a registry's teams",
  options: { registry: REGISTRY_OPTION },
  run: async (values) => {
    const registryId = required(values, 'registry');
    const teams = await withApp(async (app) =>
      listTeams(app, { caller, registryKey: await findRegistryKey(app, registryId) }),
    );
    const rows = teams.map((team) => ({ ...team, createdAt: team.createdAt.toISOString() }));
    const lines = rows.map(({ name, memberCount }) => `${name}, members: ${memberCount}`);
    print(values, { teams: rows }, lines.length === 0 ? ['No teams yet.'] : lines);
  },
};

export const updateTeamCommand: Command = {
  summary: "Change a team's description or the role of users whom its groups let in",
  options: { ...NAMED, description: DESCRIPTION_OPTION, 'join-role': JOIN_ROLE_OPTION },
  run: async (values) => {
    const team = readNamed(values);
    const description = typeof values.description === 'string' ? values.description : undefined;
    const joinRole = readJoinRole(values);
    if (description === undefined && joinRole === undefined) {
      throw new AppError('invalid_input', 'Give at least one option to change. --help lists them.');
    }
    await withApp(async (app) =>
      updateTeam(app, {
        caller,
        registryKey: await findRegistryKey(app, team.registryId),
        name: team.name,
        description,
        joinRole,
      }),
    );
    print(values, team, [`Updated the team ${team.name} of registry ${team.registryId}.`]);
  },
};

export const removeTeamCommand: Command = {
  summary: 'Remove a team with its policies. Its members stay in the registry',
  options: NAMED,
  run: async (values) => {
    const team = readNamed(values);
    await withApp(async (app) =>
      removeTeam(app, { caller, registryKey: await findRegistryKey(app, team.registryId), name: team.name }),
    );
    print(values, team, [`Removed the team ${team.name} of registry ${team.registryId}.`]);
  },
};

export const listTeamMembersCommand: Command = {
  summary: "List a team's people and robots",
  options: NAMED,
  run: async (values) => {
    const { name, registryId } = readNamed(values);
    const members = await withApp(async (app) =>
      listTeamMembers(app, { caller, registryKey: await findRegistryKey(app, registryId), name }),
    );
    const lines = members.map((member) => `${member.name} (${member.role}${member.isByGroup ? ', by group' : ''})`);
    print(values, { members }, lines.length === 0 ? ['No members yet.'] : lines);
  },
};

export const addTeamMemberCommand = memberCommand({
  summary: 'Add a person or robot of the registry to a team',
  change: addTeamMember,
  done: (member, team) => `Added ${member} to ${team}.`,
});

export const removeTeamMemberCommand = memberCommand({
  summary: 'Remove a person or robot from a team. They stay in the registry',
  change: removeTeamMember,
  done: (member, team) => `Removed ${member} from ${team}.`,
});

type MemberChange = {
  summary: string;
  change: typeof addTeamMember;
  done: (member: string, team: string) => string;
};

function memberCommand({ summary, change, done }: MemberChange): Command {
  return {
    summary,
    options: MEMBER,
    run: async (values) => {
      const team = readNamed(values);
      const { name, registryId } = team;
      const member = required(values, 'member');
      await withApp(async (app) =>
        change(app, { caller, registryKey: await findRegistryKey(app, registryId), name, member }),
      );
      print(values, { ...team, member }, [done(member, `the team ${name} of registry ${registryId}`)]);
    },
  };
}

function readJoinRole({ 'join-role': asked }: OptionValues): JoinRole | undefined {
  if (asked === undefined) return undefined;
  const role = JOIN_ROLES.find((known) => known === asked);
  if (!role) throw new AppError('invalid_input', `--join-role must be one of ${JOIN_ROLES.join(', ')}.`);
  return role;
}

function readNamed(values: OptionValues): { name: string; registryId: string } {
  return { name: required(values, 'name'), registryId: required(values, 'registry') };
}
