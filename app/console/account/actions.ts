'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { ACCOUNT } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { askEmailProof } from '#lib/identity/email/ask-email-proof.ts';
import { changeEmail } from '#lib/identity/email/change-email.ts';
import { changePassword } from '#lib/identity/accounts/change-password.ts';
import { proveEmail } from '#lib/identity/email/prove-email.ts';
import { revokeOtherSessions } from '#lib/identity/sessions/revoke-other-sessions.ts';
import { revokeSession } from '#lib/identity/sessions/revoke-session.ts';
import { updateProfile } from '#lib/identity/accounts/update-profile.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { getSessionId, requireCaller } from '../../_lib/session/session.ts';

export async function saveProfile(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(ACCOUNT);
  const displayName = textOf(form, 'displayName');
  const result = await runAction(form, () => updateProfile(getApp(), { caller, displayName }));
  if (!result.ok) return result;
  revalidatePath(ACCOUNT);
  return { ok: true, value: undefined };
}

export async function saveEmail(_state: FormState<string>, form: FormData): Promise<FormState<string>> {
  const caller = await requireCaller(ACCOUNT);
  const sessionId = await getSessionId();
  const email = textOf(form, 'email');
  const currentPassword = textOf(form, 'currentPassword') || null;
  const result = await runAction(form, () => changeEmail(getApp(), { caller, sessionId, email, currentPassword }));
  if (!result.ok) return result;
  revalidatePath(ACCOUNT);
  const sent = 'We sent a link to the new address. Your account keeps the old address until you open it.';
  return { ok: true, value: result.value === 'mailed' ? sent : 'Address changed.' };
}

export async function askProof(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(ACCOUNT);
  const result = await runAction(form, () => askEmailProof(getApp(), { caller }));
  return result.ok ? { ok: true, value: undefined } : result;
}

export async function confirmEmail(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(ACCOUNT);
  const result = await runAction(form, () => proveEmail(getApp(), { caller, secret: textOf(form, 'secret') }));
  if (!result.ok) return result;
  redirect(ACCOUNT);
}

export async function setPassword(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(ACCOUNT);
  const keepSessionId = await getSessionId();
  const result = await runAction(form, () =>
    changePassword(getApp(), {
      caller,
      keepSessionId,
      currentPassword: textOf(form, 'currentPassword') || null,
      newPassword: textOf(form, 'newPassword'),
      endsAccessTokens: textOf(form, 'endsAccessTokens') === '1',
    }),
  );
  if (!result.ok) return result;
  revalidatePath(ACCOUNT);
  return { ok: true, value: undefined };
}

export async function revokeSessionAction(form: FormData): Promise<void> {
  const caller = await requireCaller(ACCOUNT);
  // Refused only if it has already ended. The list then shows the current state.
  await runAction(form, () => revokeSession(getApp(), { caller, id: textOf(form, 'id') }));
  redirect(ACCOUNT);
}

export async function revokeOtherSessionsAction(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(ACCOUNT);
  const result = await runAction(form, () => revokeOtherSessions(getApp(), { caller }));
  if (!result.ok) return result;
  revalidatePath(ACCOUNT);
  return { ok: true, value: undefined };
}
