'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { roleLink, CONSOLE_ROLES, rolesLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { createRole } from '#lib/publishers/roles/create-role.ts';
import { endRoleSessions } from '#lib/publishers/roles/end-role-sessions.ts';
import { removeRole } from '#lib/publishers/roles/remove-role.ts';
import type { RolePermission } from '#lib/publishers/roles/schema.ts';
import { updateRole } from '#lib/publishers/roles/update-role.ts';
import { parseBound } from '../../_lib/actions/bound-arguments.ts';
import { changePart, parseBoundRegistry, type BoundPart, type BoundRegistry } from '../../_lib/actions/change-part.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry and role. The use cases authorize the caller.

export async function createRoleAction(bound: BoundRegistry, _state: FormState, form: FormData): Promise<FormState> {
  const { registryKey, registryId } = parseBoundRegistry(bound);
  const caller = await requireCaller(CONSOLE_ROLES);
  const input = { caller, registryKey, name: textOf(form, 'name'), ...readSettings(form) };
  const result = await runAction(form, () => createRole(getApp(), input));
  if (!result.ok) return result;
  redirect(roleLink({ registry: registryId, name: result.value.name }));
}

export async function saveRoleAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const settings = readSettings(form);
  return changePart({ at: CONSOLE_ROLES, bound, form }, (caller, role) =>
    updateRole(getApp(), { caller, ...role, ...settings }),
  );
}

/** Bound to the new state, so that a stale page can't undo another member's change. */
export async function switchRoleAction(
  bound: BoundPart & { isEnabled: boolean },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const isEnabled = parseBound(z.boolean(), bound.isEnabled);
  return changePart({ at: CONSOLE_ROLES, bound, form }, (caller, role) =>
    updateRole(getApp(), { caller, ...role, isEnabled }),
  );
}

export async function endRoleSessionsAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  return changePart({ at: CONSOLE_ROLES, bound, form }, (caller, role) =>
    endRoleSessions(getApp(), { caller, ...role }),
  );
}

export async function removeRoleAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const { registryId } = parseBoundRegistry(bound);
  const result = await changePart({ at: CONSOLE_ROLES, bound, form }, (caller, role) =>
    removeRole(getApp(), { caller, ...role }),
  );
  if (result?.ok === false) return result;
  redirect(rolesLink({ registry: registryId }));
}

/** The use case refuses other permissions, and what isn't a number. */
function readSettings(form: FormData) {
  return {
    permission: textOf(form, 'permission') as RolePermission,
    description: textOf(form, 'description'),
    maxSessionSeconds: Number(textOf(form, 'maxSessionSeconds').trim() || NaN),
    acceptsTokenLogin: textOf(form, 'acceptsTokenLogin') === '1',
    trustPolicy: textOf(form, 'trustPolicy').replaceAll('\r\n', '\n'),
  };
}
