'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import type { AddedFactor } from '#components/factors/totp-form.tsx';
import type { NewRecoveryCodes } from '#components/factors/recovery-codes-form.tsx';
import type { NewPasskeyOptions } from '#components/factors/use-passkey.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { AUTHENTICATOR, SECURITY, signInLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { removeTotp } from '#lib/identity/factors/remove-totp.ts';
import { renewRecoveryCodes } from '#lib/identity/factors/renew-recovery-codes.ts';
import { confirmTotp, startTotp } from '#lib/identity/factors/set-up-totp.ts';
import { addPasskey } from '#lib/identity/passkeys/add-passkey.ts';
import { createRegistrationOptions } from '#lib/identity/passkeys/passkey-options.ts';
import { removePasskey } from '#lib/identity/passkeys/remove-passkey.ts';
import { renamePasskey } from '#lib/identity/passkeys/rename-passkey.ts';
import { jsonOf, runAction, textOf } from '../../../_lib/actions/run-action.ts';
import { endBrowserSession, requireCaller } from '../../../_lib/session/session.ts';

// Actions that show recovery codes don't revalidate the page, which would replace the form that shows them.

/** Signs out, so that the next sign-in is recent. */
export async function signInAgain(): Promise<void> {
  await endBrowserSession();
  redirect(signInLink(SECURITY));
}

export async function startTotpAction(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(SECURITY);
  const result = await runAction(form, () => startTotp(getApp(), { caller }));
  if (!result.ok) return result;
  redirect(AUTHENTICATOR);
}

export async function confirmTotpAction(
  _state: FormState<AddedFactor>,
  form: FormData,
): Promise<FormState<AddedFactor>> {
  const caller = await requireCaller(AUTHENTICATOR);
  const result = await runAction(form, () => confirmTotp(getApp(), { caller, code: textOf(form, 'code') }));
  return result.ok ? result : { ...result, nextStep: '' };
}

export async function removeTotpAction(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(SECURITY);
  return shown(await runAction(form, () => removeTotp(getApp(), { caller })));
}

export async function newPasskeyOptions(): Promise<NewPasskeyOptions> {
  const caller = await requireCaller(SECURITY);
  return createRegistrationOptions(getApp(), { caller });
}

export async function addPasskeyAction(
  _state: FormState<AddedFactor>,
  form: FormData,
): Promise<FormState<AddedFactor>> {
  const caller = await requireCaller(SECURITY);
  const input = { caller, name: textOf(form, 'name'), response: jsonOf(form, 'response') };
  return runAction(form, () => addPasskey(getApp(), input));
}

export async function renamePasskeyAction(id: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(SECURITY);
  return shown(await runAction(form, () => renamePasskey(getApp(), { caller, id, name: textOf(form, 'name') })));
}

export async function removePasskeyAction(id: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(SECURITY);
  return shown(await runAction(form, () => removePasskey(getApp(), { caller, id })));
}

export async function renewRecoveryCodesAction(
  _state: FormState<NewRecoveryCodes>,
  form: FormData,
): Promise<FormState<NewRecoveryCodes>> {
  const caller = await requireCaller(SECURITY);
  return runAction(form, () => renewRecoveryCodes(getApp(), { caller }));
}

function shown(result: Awaited<ReturnType<typeof runAction<void>>>): FormState {
  if (!result.ok) return result;
  revalidatePath(SECURITY);
  return { ok: true, value: undefined };
}
