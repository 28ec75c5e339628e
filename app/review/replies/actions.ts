'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { SAVED_REPLIES } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { addSavedReply, changeSavedReply, removeSavedReply } from '#lib/aliases/review/saved-replies.ts';
import { getApp } from '#lib/app.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireReviewer } from '../../_lib/session/staff.ts';

const readReply = (form: FormData) => ({ title: textOf(form, 'title'), body: textOf(form, 'body') });

export async function addReply(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireReviewer();
  const result = await runAction(form, () => addSavedReply(getApp(), { caller, ...readReply(form) }));
  if (!result.ok) return result;
  revalidatePath(SAVED_REPLIES);
  return { ok: true, value: undefined };
}

export async function changeReply(id: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireReviewer();
  const result = await runAction(form, () => changeSavedReply(getApp(), { caller, id, ...readReply(form) }));
  if (!result.ok) return result;
  redirect(SAVED_REPLIES);
}

export async function removeReply(form: FormData): Promise<void> {
  const caller = await requireReviewer();
  // Refused only if someone else was quicker. The list then shows the current state.
  await runAction(form, () => removeSavedReply(getApp(), { caller, id: textOf(form, 'id') }));
  redirect(SAVED_REPLIES);
}
