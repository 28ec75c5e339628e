'use server';

import { redirect } from 'next/navigation';
import { CONSOLE, SIGN_UP_SENT } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { finishSignUp } from '#lib/identity/sign-up/finish-sign-up.ts';
import { requestSignUp } from '#lib/identity/sign-up/request-sign-up.ts';
import { signUpUser } from '#lib/identity/sign-up/sign-up-user.ts';
import { runAction, textOf } from '../_lib/actions/run-action.ts';
import { safePath } from '../_lib/session/safe-path.ts';
import { enterSite, getOrigin } from '../_lib/session/session.ts';

export async function signUpAction(_state: FormState, form: FormData): Promise<FormState> {
  const { address } = await getOrigin();
  const person = { displayName: textOf(form, 'displayName'), email: textOf(form, 'email'), address };
  if (getApp().mailer) {
    const result = await runAction(form, () => requestSignUp(getApp(), person));
    if (!result.ok) return result;
    redirect(SIGN_UP_SENT);
  }
  const result = await runAction(form, () => signUpUser(getApp(), { ...person, password: textOf(form, 'password') }));
  if (!result.ok) return result;
  redirect(await enterSite(result.value, 'password', safePath(form.get('callbackUrl'), CONSOLE)));
}

export async function finish(_state: FormState, form: FormData): Promise<FormState> {
  const { address } = await getOrigin();
  const result = await runAction(form, () =>
    finishSignUp(getApp(), {
      secret: textOf(form, 'secret'),
      address,
      displayName: textOf(form, 'displayName'),
      password: textOf(form, 'password'),
    }),
  );
  if (!result.ok) return { ...result, nextStep: result.code === 'unauthenticated' ? '' : result.nextStep };
  redirect(await enterSite(result.value, 'link', CONSOLE));
}
