'use server';

import { DELETED } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import type { Restored } from '#lib/repositories/deletions/restore-content.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { runAction } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

/** For members and admins. The use case authorises the caller. */
export async function restoreAction(
  id: string,
  _state: FormState<Restored>,
  form: FormData,
): Promise<FormState<Restored>> {
  const caller = await requireCaller(DELETED);
  return runAction(form, () => restoreDeletion(getApp(), { caller, id }));
}
