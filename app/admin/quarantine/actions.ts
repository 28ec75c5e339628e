'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { QUARANTINE, withQuery } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { liftQuarantine } from '#lib/repositories/moderation/lift-quarantine.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { takeDownRepository } from '#lib/repositories/moderation/take-down-repository.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireAdmin } from '../../_lib/session/staff.ts';

/** Returns the repository's full name. */
export async function quarantine(_state: FormState<string>, form: FormData): Promise<FormState<string>> {
  const caller = await requireAdmin();
  const fullName = textOf(form, 'repository').trim();
  const result = await runAction(form, () =>
    quarantineRepository(getApp(), { caller, fullName, reason: textOf(form, 'reason') }),
  );
  if (!result.ok) return result;
  revalidatePath(QUARANTINE);
  return { ok: true, value: fullName };
}

export async function lift(fullName: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const result = await runAction(form, () => liftQuarantine(getApp(), { caller, fullName }));
  if (!result.ok) return result;
  revalidatePath(QUARANTINE);
  redirect(withQuery(QUARANTINE, { done: 'lifted', about: fullName }));
}

export async function takeDown(fullName: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const reason = textOf(form, 'reason');
  const result = await runAction(form, () => takeDownRepository(getApp(), { caller, fullName, reason }));
  if (!result.ok) return result;
  revalidatePath(QUARANTINE);
  redirect(withQuery(QUARANTINE, { done: 'taken-down', about: fullName }));
}
