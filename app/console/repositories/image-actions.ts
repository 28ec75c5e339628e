'use server';

import { redirect } from 'next/navigation';
import type { ChosenImages } from '#components/console/images/image-deletion.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { consoleRepositoryLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { chooseImages } from '#lib/images/image-deletion/choose-images.ts';
import { deleteChosenImages } from '#lib/images/image-deletion/delete-chosen-images.ts';
import type { ChosenImage } from '#lib/images/image-deletion/schema.ts';
import { parseBoundName, type BoundName } from '../../_lib/actions/bound-arguments.ts';
import { jsonOf, runAction, textsOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its repository. The use cases authorize the caller.

/** Shows what would be deleted. */
export async function chooseImagesAction(
  repository: BoundName,
  _state: FormState<ChosenImages>,
  form: FormData,
): Promise<FormState<ChosenImages>> {
  const { fullName, path } = parseBoundName(repository, 'images');
  const caller = await requireCaller(path);
  return runAction(form, () => chooseImages(getApp(), { caller, fullName, digests: textsOf(form, 'image') }));
}

export async function deleteImagesAction(
  bound: BoundName & { status: 'untagged' | 'any' },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { fullName, named, path } = parseBoundName(bound, 'images');
  const caller = await requireCaller(path);
  // The use case validates its shape.
  const images = jsonOf(form, 'images') as ChosenImage[];
  const result = await runAction(form, () => deleteChosenImages(getApp(), { caller, fullName, images }));
  if (!result.ok) return result;
  const { deleted, listed, changed } = result.value;
  const query = { status: bound.status === 'any' ? 'any' : 'untagged', deleted, kept: listed + changed || null };
  redirect(consoleRepositoryLink({ ...named, tab: 'images' }, query));
}
