'use server';

import { redirect } from 'next/navigation';
import type { PasskeyOptions } from '#components/factors/use-passkey.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { CONSOLE, SIGN_IN } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { findPendingSignIn, finishSignIn, type SecondFactor } from '#lib/identity/factors/finish-sign-in.ts';
import { createSecondFactorOptions } from '#lib/identity/passkeys/passkey-options.ts';
import { jsonOf, runOpenAction, textOf } from '../../_lib/actions/run-action.ts';
import { forgetPendingSignIn, getPendingSecret } from '../../_lib/session/pending-sign-in.ts';
import { safePath } from '../../_lib/session/safe-path.ts';
import { getOrigin, setSessionCookie } from '../../_lib/session/session.ts';

export async function confirmSignIn(_state: FormState, form: FormData): Promise<FormState> {
  const { secret, pending } = await requirePending();
  const input = { secret, factor: readFactor(form), ...(await getOrigin()) };
  const result = await runOpenAction(form, () => finishSignIn(getApp(), input));
  if (!result.ok) return { ...result, nextStep: '' };
  await setSessionCookie(pending.userId, result.value.sessionId);
  await forgetPendingSignIn();
  redirect(safePath(form.get('callbackUrl'), CONSOLE));
}

export async function secondFactorOptions(): Promise<PasskeyOptions> {
  const { pending } = await requirePending();
  return createSecondFactorOptions(getApp(), { userId: pending.userId });
}

async function requirePending() {
  const secret = await getPendingSecret();
  const pending = secret && (await findPendingSignIn(getApp(), { secret }));
  return pending ? { secret, pending } : redirect(SIGN_IN);
}

function readFactor(form: FormData): SecondFactor {
  if (form.has('response')) return { kind: 'passkey', response: jsonOf(form, 'response') };
  const code = textOf(form, 'code').slice(0, 100);
  return textOf(form, 'kind') === 'recovery_code' ? { kind: 'recovery_code', code } : { kind: 'totp', code };
}
