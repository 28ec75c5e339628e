'use server';

import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { reportPage } from '#lib/repositories/moderation/report-page.ts';
import type { ReportReason } from '#lib/repositories/schema.ts';
import { runAction, textOf } from '../_lib/actions/run-action.ts';
import { getOrigin } from '../_lib/session/session.ts';

/** Needs no account. Returns the reported target. */
export async function report(_state: FormState<string>, form: FormData): Promise<FormState<string>> {
  const { address } = await getOrigin();
  const target = textOf(form, 'target').trim();
  const input = {
    target,
    reason: textOf(form, 'reason') as ReportReason,
    text: textOf(form, 'text'),
    email: textOf(form, 'email').trim() || null,
  };
  const result = await runAction(form, () => reportPage(getApp(), { ...input, address }));
  return result.ok ? { ok: true, value: target } : result;
}
