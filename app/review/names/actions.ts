'use server';

import { revalidatePath } from 'next/cache';
import { FLAGGED_NAMES } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { decideName } from '#lib/aliases/review/review-names.ts';
import { getApp } from '#lib/app.ts';
import { runAction } from '../../_lib/actions/run-action.ts';
import { requireReviewer } from '../../_lib/session/staff.ts';

type Decision = { registryId: string; name: string; isApproved: boolean };

export async function decideNameAction(decision: Decision, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireReviewer();
  const result = await runAction(form, () => decideName(getApp(), { caller, ...decision }));
  if (!result.ok) return result;
  revalidatePath(FLAGGED_NAMES);
  return { ok: true, value: undefined };
}
