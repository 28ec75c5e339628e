'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { teamLink, TEAMS, teamsLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import type { JoinRole } from '#lib/identity/groups/schema.ts';
import { addTeamMember } from '#lib/publishers/teams/add-team-member.ts';
import { createTeam } from '#lib/publishers/teams/create-team.ts';
import { mapTeamGroups } from '#lib/publishers/teams/map-team-groups.ts';
import { removeTeam } from '#lib/publishers/teams/remove-team.ts';
import { removeTeamMember } from '#lib/publishers/teams/remove-team-member.ts';
import { updateTeam } from '#lib/publishers/teams/update-team.ts';
import { parseBound } from '../../_lib/actions/bound-arguments.ts';
import { changePart, parseBoundRegistry, type BoundPart, type BoundRegistry } from '../../_lib/actions/change-part.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry and team. The use cases authorize the caller.

export async function createTeamAction(bound: BoundRegistry, _state: FormState, form: FormData): Promise<FormState> {
  const { registryKey, registryId } = parseBoundRegistry(bound);
  const caller = await requireCaller(TEAMS);
  const input = { caller, registryKey, name: textOf(form, 'name'), description: textOf(form, 'description') };
  const result = await runAction(form, () => createTeam(getApp(), input));
  if (!result.ok) return result;
  redirect(teamLink({ registry: registryId, name: result.value.name }));
}

export async function saveTeamAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  // The use case refuses other roles.
  const settings = { description: textOf(form, 'description'), joinRole: textOf(form, 'joinRole') as JoinRole };
  return changePart({ at: TEAMS, bound, form }, (caller, team) =>
    updateTeam(getApp(), { caller, ...team, ...settings }),
  );
}

export async function addTeamMemberAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const member = textOf(form, 'member');
  return changePart({ at: TEAMS, bound, form }, (caller, team) => addTeamMember(getApp(), { caller, ...team, member }));
}

/** Bound to the user's id, because addresses change. */
export async function removeTeamMemberAction(
  bound: BoundPart & { userId: string },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const member = parseBound(z.string(), bound.userId);
  return changePart({ at: TEAMS, bound, form }, (caller, team) =>
    removeTeamMember(getApp(), { caller, ...team, member }),
  );
}

export async function mapTeamGroupsAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const { registryId } = parseBoundRegistry(bound);
  const groups = textOf(form, 'groups')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  return changePart({ at: TEAMS, bound, form }, (caller, { name }) =>
    mapTeamGroups(getApp(), { caller, registryId, name, groups }),
  );
}

export async function removeTeamAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const { registryId } = parseBoundRegistry(bound);
  const result = await changePart({ at: TEAMS, bound, form }, (caller, team) =>
    removeTeam(getApp(), { caller, ...team }),
  );
  if (result?.ok === false) return result;
  redirect(teamsLink({ registry: registryId }));
}
