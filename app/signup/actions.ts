'use server';

import { redirect } from 'next/navigation';
import { CONSOLE } from '#components/links.ts';
import type { FormState } from '#components/ui/form-state.ts';
import { getApp } from '#lib/app.ts';
import { signUpUser } from '#lib/identity/sign-up-user.ts';
import { runAction, textOf } from '../_lib/run-action.ts';
import { safePath } from '../_lib/safe-path.ts';
import { getOrigin, startSession } from '../_lib/session.ts';

export async function signUp(_state: FormState, form: FormData): Promise<FormState> {
  const { address } = await getOrigin();
  const result = await runAction(form, () =>
    signUpUser(getApp(), {
      displayName: textOf(form, 'displayName'),
      email: textOf(form, 'email'),
      password: textOf(form, 'password'),
      address,
    }),
  );
  if (!result.ok) return result;
  await startSession(result.value, 'password');
  redirect(safePath(form.get('callbackUrl'), CONSOLE));
}
