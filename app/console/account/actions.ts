'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { ACCOUNT } from '#components/links.ts';
import type { FormState } from '#components/ui/form-state.ts';
import { getApp } from '#lib/app.ts';
import { changePassword } from '#lib/identity/change-password.ts';
import { revokeSession } from '#lib/identity/revoke-session.ts';
import { updateProfile } from '#lib/identity/update-profile.ts';
import { runAction, textOf } from '../../_lib/run-action.ts';
import { getSessionId, requireCaller } from '../../_lib/session.ts';

export async function saveProfile(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(ACCOUNT);
  const profile = { displayName: textOf(form, 'displayName'), email: textOf(form, 'email') };
  const result = await runAction(form, () => updateProfile(getApp(), { caller, ...profile }));
  if (!result.ok) return result;
  revalidatePath(ACCOUNT);
  return { ok: true, value: undefined };
}

export async function setPassword(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(ACCOUNT);
  const keepSessionId = await getSessionId();
  const result = await runAction(form, () =>
    changePassword(getApp(), {
      ...{ caller, keepSessionId },
      currentPassword: textOf(form, 'currentPassword') || null,
      newPassword: textOf(form, 'newPassword'),
    }),
  );
  if (!result.ok) return result;
  revalidatePath(ACCOUNT);
  return { ok: true, value: undefined };
}

export async function revokeSessionAction(form: FormData): Promise<void> {
  const caller = await requireCaller(ACCOUNT);
  // Refused only where it has ended already: the list then shows how it is.
  await runAction(form, () => revokeSession(getApp(), { caller, id: textOf(form, 'id') }));
  redirect(ACCOUNT);
}
