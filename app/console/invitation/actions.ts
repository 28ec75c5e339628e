'use server';

import { redirect } from 'next/navigation';
import { CONSOLE, MEMBERS } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { acceptInvitation } from '#lib/publishers/members/accept-invitation.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

export async function acceptInvitationAction(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(CONSOLE);
  const result = await runAction(form, () => acceptInvitation(getApp(), { caller, secret: textOf(form, 'secret') }));
  if (!result.ok) return result;
  redirect(MEMBERS);
}
