'use server';

import { redirect } from 'next/navigation';
import { CONSOLE, FORGOT_PASSWORD_SENT, HOME } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { requestPasswordReset } from '#lib/identity/password-reset/request-password-reset.ts';
import { resetPassword } from '#lib/identity/password-reset/reset-password.ts';
import { redeemSignInLink } from '#lib/identity/sessions/redeem-sign-in-link.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { runAction, textOf } from '../_lib/actions/run-action.ts';
import { safePath } from '../_lib/session/safe-path.ts';
import { endBrowserSession, getClient, startBrowserSession } from '../_lib/session/session.ts';

export async function signIn(_state: FormState, form: FormData): Promise<FormState> {
  const input = { email: textOf(form, 'email'), password: textOf(form, 'password'), ...(await getClient()) };
  const result = await runAction(form, async () => startBrowserSession(await signInUser(getApp(), input), 'password'));
  if (!result.ok) return result;
  redirect(safePath(form.get('callbackUrl'), CONSOLE));
}

export async function redeemLink(_state: FormState, form: FormData): Promise<FormState> {
  const input = { secret: textOf(form, 'secret'), ...(await getClient()) };
  const result = await runAction(form, () => redeemSignInLink(getApp(), input));
  if (!result.ok) return { ...result, nextStep: '' };
  await startBrowserSession(result.value, 'link');
  redirect(`${CONSOLE}/account`);
}

export async function requestReset(_state: FormState, form: FormData): Promise<FormState> {
  const { address } = await getClient();
  const result = await runAction(form, () => requestPasswordReset(getApp(), { email: textOf(form, 'email'), address }));
  if (!result.ok) return result;
  redirect(FORGOT_PASSWORD_SENT);
}

export async function reset(_state: FormState, form: FormData): Promise<FormState> {
  const { address } = await getClient();
  const result = await runAction(form, () =>
    resetPassword(getApp(), {
      secret: textOf(form, 'secret'),
      password: textOf(form, 'password'),
      endsAccessTokens: textOf(form, 'endsAccessTokens') === '1',
      address,
    }),
  );
  if (!result.ok) return { ...result, nextStep: result.code === 'unauthenticated' ? '' : result.nextStep };
  await startBrowserSession(result.value, 'link');
  redirect(CONSOLE);
}

export async function signOut(): Promise<void> {
  await endBrowserSession();
  redirect(HOME);
}
