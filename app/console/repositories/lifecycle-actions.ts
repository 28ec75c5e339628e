'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { LifecyclePreviewAnswer } from '#components/console/lifecycle/lifecycle-editor.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { withQuery } from '#components/links.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { previewLifecyclePolicy } from '#lib/images/lifecycle/preview-lifecycle-policy.ts';
import { showLifecycleRun } from '#lib/images/lifecycle/show-lifecycle-run.ts';
import { updateStorageClass } from '#lib/images/storage-class/update-storage-class.ts';
import { deleteLifecyclePolicy } from '#lib/repositories/lifecycle/delete-lifecycle-policy.ts';
import { putLifecyclePolicy } from '#lib/repositories/lifecycle/put-lifecycle-policy.ts';
import { setProtectedTags } from '#lib/repositories/lifecycle/set-protected-tags.ts';
import { parseBound, parseBoundName, type BoundName } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its repository. The use cases authorize the caller.

const PREVIEWED_IMAGES = 50;

/** Shows what a policy would take. */
export async function previewLifecycleAction(
  bound: BoundName,
  _state: FormState<LifecyclePreviewAnswer>,
  form: FormData,
): Promise<FormState<LifecyclePreviewAnswer>> {
  const { fullName, path } = parseBoundName(bound, 'lifecycle');
  const caller = await requireCaller(path);
  const text = textOf(form, 'policy').replaceAll('\r\n', '\n');
  return runAction(form, async () => {
    await previewLifecyclePolicy(getApp(), { caller, fullName, text });
    return { text, run: await showLifecycleRun(getApp(), { caller, fullName, id: null, limit: PREVIEWED_IMAGES }) };
  });
}

export async function saveLifecycleAction(bound: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  const { fullName, path } = parseBoundName(bound, 'lifecycle');
  const caller = await requireCaller(path);
  const text = textOf(form, 'policy').replaceAll('\r\n', '\n');
  const result = await runAction(form, () => putLifecyclePolicy(getApp(), { caller, fullName, text }));
  if (!result.ok) return result;
  revalidatePath(path);
  redirect(withQuery(path, { saved: '1' }));
}

export async function removeLifecycleAction(bound: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  return change(bound, form, (asked) => deleteLifecyclePolicy(getApp(), asked));
}

export async function setProtectedTagsAction(bound: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  const lines = textOf(form, 'protectedTags').split('\n');
  const protectedTags = lines.map((line) => line.trim()).filter((line) => line !== '');
  return change(bound, form, (asked) => setProtectedTags(getApp(), { ...asked, protectedTags }));
}

export async function restoreArchivedAction(
  bound: BoundName & { digest: string },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const digest = parseBound(z.string(), bound.digest);
  return change(bound, form, (asked) => updateStorageClass(getApp(), { ...asked, digest, isArchived: false }));
}

type Work = (asked: { caller: UserCaller; fullName: string }) => Promise<unknown>;

async function change(bound: BoundName, form: FormData, work: Work): Promise<FormState> {
  const { fullName, path } = parseBoundName(bound, 'lifecycle');
  const caller = await requireCaller(path);
  const result = await runAction(form, () => work({ caller, fullName }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}
