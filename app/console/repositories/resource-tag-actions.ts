'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { tagResource, type TagResourceInput } from '#lib/repositories/resource-tags/tag-resource.ts';
import { parseBound, parseBoundName, type BoundName } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its repository. The use case authorizes the caller.

export async function addResourceTagAction(
  repository: BoundName,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const tag = { key: textOf(form, 'key').trim(), value: textOf(form, 'value').trim() };
  return change(repository, form, { action: 'ecr:TagResource', tags: [tag] });
}

export async function removeResourceTagAction(
  bound: BoundName & { key: string },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const removed = [parseBound(z.string(), bound.key)];
  return change(bound, form, { action: 'ecr:UntagResource', tags: [], removed });
}

type Change = Pick<TagResourceInput, 'action' | 'tags' | 'removed'>;

async function change(repository: BoundName, form: FormData, asked: Change): Promise<FormState> {
  const { fullName, path } = parseBoundName(repository, 'settings');
  const caller = await requireCaller(path);
  const result = await runAction(form, () => tagResource(getApp(), { caller, fullName, ...asked }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}
