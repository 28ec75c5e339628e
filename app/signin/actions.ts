'use server';

import { redirect } from 'next/navigation';
import { ACCOUNT, CONSOLE, FORGOT_PASSWORD_SENT, HOME } from '#components/links.ts';
import type { PasskeyOptions } from '#components/factors/use-passkey.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { createSignInOptions } from '#lib/identity/passkeys/passkey-options.ts';
import { signInWithPasskey } from '#lib/identity/passkeys/sign-in-with-passkey.ts';
import { requestPasswordReset } from '#lib/identity/password-reset/request-password-reset.ts';
import { resetPassword } from '#lib/identity/password-reset/reset-password.ts';
import { redeemSignInLink } from '#lib/identity/sessions/redeem-sign-in-link.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { jsonOf, runAction, runOpenAction, textOf } from '../_lib/actions/run-action.ts';
import { safePath } from '../_lib/session/safe-path.ts';
import { endBrowserSession, enterSite, getOrigin } from '../_lib/session/session.ts';

export async function signIn(_state: FormState, form: FormData): Promise<FormState> {
  const input = { email: textOf(form, 'email'), password: textOf(form, 'password'), ...(await getOrigin()) };
  const target = safePath(form.get('callbackUrl'), CONSOLE);
  const result = await runOpenAction(form, async () =>
    enterSite(await signInUser(getApp(), input), 'password', target),
  );
  if (!result.ok) return result;
  redirect(result.value);
}

/** Creates the options of the browser's passkey prompt. */
export async function passkeyOptions(): Promise<PasskeyOptions> {
  return createSignInOptions(getApp());
}

export async function signInByPasskey(_state: FormState, form: FormData): Promise<FormState> {
  const input = { response: jsonOf(form, 'response'), ...(await getOrigin()) };
  const target = safePath(form.get('callbackUrl'), CONSOLE);
  const result = await runOpenAction(form, async () =>
    enterSite(await signInWithPasskey(getApp(), input), 'passkey', target),
  );
  if (!result.ok) return { ...result, nextStep: '' };
  redirect(result.value);
}

export async function redeemLink(_state: FormState, form: FormData): Promise<FormState> {
  const input = { secret: textOf(form, 'secret'), ...(await getOrigin()) };
  const result = await runOpenAction(form, () => redeemSignInLink(getApp(), input));
  if (!result.ok) return { ...result, nextStep: '' };
  redirect(await enterSite(result.value, 'link', ACCOUNT));
}

export async function requestReset(_state: FormState, form: FormData): Promise<FormState> {
  const { address } = await getOrigin();
  const result = await runAction(form, () => requestPasswordReset(getApp(), { email: textOf(form, 'email'), address }));
  if (!result.ok) return result;
  redirect(FORGOT_PASSWORD_SENT);
}

export async function reset(_state: FormState, form: FormData): Promise<FormState> {
  const { address } = await getOrigin();
  const result = await runAction(form, () =>
    resetPassword(getApp(), {
      secret: textOf(form, 'secret'),
      password: textOf(form, 'password'),
      endsAccessTokens: textOf(form, 'endsAccessTokens') === '1',
      address,
    }),
  );
  if (!result.ok) return { ...result, nextStep: result.code === 'unauthenticated' ? '' : result.nextStep };
  redirect(await enterSite(result.value, 'link', CONSOLE));
}

export async function signOut(): Promise<void> {
  await endBrowserSession();
  redirect(HOME);
}
