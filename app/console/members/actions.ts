'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { MEMBERS, withQuery } from '#components/links.ts';
import type { NewInvitation } from '#components/members/invite-form.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { changeMemberRole } from '#lib/publishers/members/change-member-role.ts';
import { inviteMember } from '#lib/publishers/members/invite-member.ts';
import { leaveRegistry } from '#lib/publishers/members/leave-registry.ts';
import { removeMember } from '#lib/publishers/members/remove-member.ts';
import { revokeInvitation } from '#lib/publishers/members/revoke-invitation.ts';
import { excludePulls } from '#lib/publishers/pull-times/exclude-pulls.ts';
import { includePulls } from '#lib/publishers/pull-times/include-pulls.ts';
import { REGISTRY_ROLES, type UserCaller } from '#lib/access/schema.ts';
import { parseBoundKey } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry. The use cases authorise the caller.

export async function inviteAction(
  bound: bigint,
  _state: FormState<NewInvitation>,
  form: FormData,
): Promise<FormState<NewInvitation>> {
  const registryKey = parseBoundKey(bound);
  const caller = await requireCaller(MEMBERS);
  const result = await runAction(form, () =>
    inviteMember(getApp(), { caller, registryKey, email: textOf(form, 'email'), role: roleOf(form) }),
  );
  if (!result.ok) return result;
  revalidatePath(MEMBERS);
  const { email, link, isEmailSent } = result.value;
  return { ok: true, value: { email, link, isEmailSent } };
}

export async function changeRoleAction(bound: bigint, form: FormData): Promise<void> {
  const registryKey = parseBoundKey(bound);
  const input = { registryKey, userId: textOf(form, 'userId'), role: roleOf(form) };
  await change(form, (caller) => changeMemberRole(getApp(), { caller, ...input }));
}

export async function removeMemberAction(bound: bigint, form: FormData): Promise<void> {
  const registryKey = parseBoundKey(bound);
  await change(form, (caller) => removeMember(getApp(), { caller, registryKey, userId: textOf(form, 'userId') }));
}

export async function leaveAction(bound: bigint, form: FormData): Promise<void> {
  const registryKey = parseBoundKey(bound);
  await change(form, (caller) => leaveRegistry(getApp(), { caller, registryKey }));
}

export async function switchPullsAction(bound: bigint, form: FormData): Promise<void> {
  const registryKey = parseBoundKey(bound);
  const input = { registryKey, userId: textOf(form, 'userId') };
  const isExcluded = textOf(form, 'isExcluded') !== '';
  await change(form, async (caller) => {
    await (isExcluded ? excludePulls : includePulls)(getApp(), { caller, ...input });
  });
}

export async function revokeInvitationAction(bound: bigint, form: FormData): Promise<void> {
  const registryKey = parseBoundKey(bound);
  await change(form, (caller) => revokeInvitation(getApp(), { caller, registryKey, id: textOf(form, 'id') }));
}

/** Shows refusals above the list. The URL carries only a code, so that links can't inject text. */
async function change(form: FormData, work: (caller: UserCaller) => Promise<void>): Promise<void> {
  const caller = await requireCaller(MEMBERS);
  const result = await runAction(form, () => work(caller));
  redirect(result.ok ? MEMBERS : withQuery(MEMBERS, { problem: result.code }));
}

function roleOf(form: FormData) {
  return REGISTRY_ROLES.find((role) => role === textOf(form, 'role')) ?? 'reader';
}
