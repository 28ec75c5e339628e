'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { TOKENS } from '#components/links.ts';
import type { NewToken } from '#components/account/create-token-form.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { readTokenForm } from '../../_lib/actions/read-token-form.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

export async function createToken(_state: FormState<NewToken>, form: FormData): Promise<FormState<NewToken>> {
  const caller = await requireCaller(TOKENS);
  const token = readTokenForm(form);
  const result = await runAction(form, () => createAccessToken(getApp(), { caller, ...token }));
  if (!result.ok) return result;
  revalidatePath(TOKENS);
  const { name, secret } = result.value;
  return { ok: true, value: { name, secret } };
}

export async function revokeToken(form: FormData): Promise<void> {
  const caller = await requireCaller(TOKENS);
  // Refused only if someone else was quicker. The list then shows the current state.
  await runAction(form, () => revokeAccessToken(getApp(), { caller, id: textOf(form, 'id') }));
  redirect(TOKENS);
}
