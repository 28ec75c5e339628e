'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { ADMIN_REPORTS, withQuery } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { handleReport } from '#lib/repositories/moderation/handle-report.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireAdmin } from '../../_lib/session/staff.ts';

export async function handle(
  { id, target, outcome }: { id: string; target: string; outcome: 'dismissed' | 'acted_on' },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const caller = await requireAdmin();
  const result = await runAction(form, () =>
    handleReport(getApp(), { caller, id, outcome, note: textOf(form, 'note') }),
  );
  if (!result.ok) return result;
  revalidatePath(ADMIN_REPORTS);
  redirect(withQuery(ADMIN_REPORTS, { done: outcome, about: target }));
}
