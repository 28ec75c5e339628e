'use server';

import { revalidatePath } from 'next/cache';
import { ADMIN_USERS } from '#components/links.ts';
import type { ShownLink } from '#components/admin/one-time-link.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { changeSiteRole } from '#lib/identity/accounts/change-site-role.ts';
import { createUserByLink } from '#lib/identity/accounts/create-user-by-link.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { enableUser } from '#lib/identity/accounts/enable-user.ts';
import { vouchForEmail } from '#lib/identity/email/vouch-for-email.ts';
import { resetFactors } from '#lib/identity/factors/reset-factors.ts';
import { createResetLink } from '#lib/identity/password-reset/create-reset-link.ts';
import type { SiteRole } from '#lib/access/schema.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireAdmin } from '../../_lib/session/staff.ts';

export async function create(_state: FormState<ShownLink>, form: FormData): Promise<FormState<ShownLink>> {
  const caller = await requireAdmin();
  const email = textOf(form, 'email');
  const input = { caller, email, displayName: textOf(form, 'displayName'), role: textOf(form, 'role') as SiteRole };
  const result = await runAction(form, () => createUserByLink(getApp(), input));
  if (!result.ok) return result;
  revalidatePath(ADMIN_USERS);
  const { url, expiresAt } = result.value;
  return { ok: true, value: { email, url, expiresAt } };
}

// The page binds each of these actions to its user.

export async function resetPasswordByLink(
  userId: string,
  email: string,
  _state: FormState<ShownLink>,
  form: FormData,
): Promise<FormState<ShownLink>> {
  const caller = await requireAdmin();
  const result = await runAction(form, () => createResetLink(getApp(), { caller, userId }));
  return result.ok ? { ok: true, value: { email, ...result.value } } : result;
}

export async function disable(userId: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const input = { caller, userId, reason: textOf(form, 'reason') };
  return shown(await runAction<unknown>(form, () => disableUser(getApp(), input)));
}

export async function enable(userId: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  return shown(await runAction(form, () => enableUser(getApp(), { caller, userId })));
}

export async function changeRole(userId: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const role = textOf(form, 'role') as SiteRole;
  return shown(await runAction(form, () => changeSiteRole(getApp(), { caller, userId, role })));
}

export async function vouch(userId: string, email: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  return shown(await runAction(form, () => vouchForEmail(getApp(), { caller, userId, email })));
}

export async function removeFactors(userId: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  return shown(await runAction(form, () => resetFactors(getApp(), { caller, userId })));
}

function shown(result: Awaited<ReturnType<typeof runAction<unknown>>>): FormState {
  if (!result.ok) return result;
  revalidatePath(ADMIN_USERS);
  return { ok: true, value: undefined };
}
