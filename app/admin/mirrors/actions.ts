'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { ADMIN_MIRRORS, withQuery } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { removeMirrorRoute, setMirrorRoute } from '#lib/upstream/mirrors/set-mirror-route.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireAdmin } from '../../_lib/session/staff.ts';

/** Returns the host. */
export async function setRoute(_state: FormState<string>, form: FormData): Promise<FormState<string>> {
  const caller = await requireAdmin();
  const [host, alias] = [textOf(form, 'host').trim(), textOf(form, 'alias').trim()];
  const result = await runAction(form, () => setMirrorRoute(getApp(), { caller, host, alias }));
  if (!result.ok) return result;
  revalidatePath(ADMIN_MIRRORS);
  return { ok: true, value: host };
}

export async function removeRoute(host: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const result = await runAction(form, () => removeMirrorRoute(getApp(), { caller, host }));
  if (!result.ok) return result;
  revalidatePath(ADMIN_MIRRORS);
  redirect(withQuery(ADMIN_MIRRORS, { done: 'removed', about: host }));
}
