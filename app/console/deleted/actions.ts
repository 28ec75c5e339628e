'use server';

import { redirect } from 'next/navigation';
import { DELETED } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { runAction } from '../../_lib/actions/run-action.ts';
import { safePath } from '../../_lib/session/safe-path.ts';
import { requireCaller } from '../../_lib/session/session.ts';

/** An image may have thousands of tags. */
const MAX_SKIPPED = 20;

/** For members and admins, who return to the list at `path`. The use case authorises the caller. */
export async function restoreAction(
  { id, path }: { id: string; path: string },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const caller = await requireCaller(DELETED);
  const result = await runAction(form, () => restoreDeletion(getApp(), { caller, id }));
  if (!result.ok) return result;
  const { target, skippedTags } = result.value;
  const url = new URL(safePath(path, DELETED), getApp().config.publicUrl);
  url.searchParams.set('done', 'restored');
  url.searchParams.set('about', target);
  if (skippedTags.length > 0) url.searchParams.set('skipped', skippedTags.slice(0, MAX_SKIPPED).join(','));
  redirect(url.pathname + url.search);
}
