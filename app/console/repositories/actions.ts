'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { ChosenTags } from '#components/console/images/tag-deletion.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { consoleRepositoryLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { chooseTags } from '#lib/images/tag-deletion/choose-tags.ts';
import { retagManifest } from '#lib/distribution/retag/retag-manifest.ts';
import { deleteTags } from '#lib/images/tag-deletion/delete-tags.ts';
import { chosenTagsSchema } from '#lib/images/tag-deletion/schema.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import {
  deprecateRepository,
  type DeprecateRepositoryInput,
} from '#lib/repositories/deprecation/deprecate-repository.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { parseBoundName, type BoundName } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf, textsOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its repository. The use cases authorize the caller.

/** Shows what would be deleted. A selection keeps the digests that its page showed. */
export async function chooseTagsAction(
  repository: BoundName,
  _state: FormState<ChosenTags>,
  form: FormData,
): Promise<FormState<ChosenTags>> {
  const { fullName, path } = parseBoundName(repository, 'images');
  const caller = await requireCaller(path);
  return runAction(form, async () => {
    if (textOf(form, 'step') === 'pattern') {
      const { tags, total } = await chooseTags(getApp(), { caller, fullName, pattern: textOf(form, 'pattern') });
      return { tags, total };
    }
    const tags = parseField('tags', chosenTagsSchema, textsOf(form, 'tag').map(splitChosen));
    return { tags, total: tags.length };
  });
}

export async function deleteTagsAction(repository: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  const { named, fullName, path } = parseBoundName(repository, 'images');
  const caller = await requireCaller(path);
  const result = await runAction(form, async () => {
    const tags = parseField('tags', chosenTagsText, textOf(form, 'tags'));
    return deleteTags(getApp(), { caller, fullName, tags });
  });
  if (!result.ok) return result;
  const { deleted, moved } = result.value;
  const query = { deleted: deleted.length, kept: moved.length || null };
  redirect(consoleRepositoryLink({ ...named, tab: 'images' }, query));
}

export async function retagAction(repository: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  const { fullName, path } = parseBoundName(repository, 'images');
  const caller = await requireCaller(path);
  const asked = { source: textOf(form, 'source'), tag: textOf(form, 'tag') };
  const result = await runAction(form, () => retagManifest(getApp(), { caller, fullName, ...asked }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}

const chosenTagsText = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'Select the tags again.' });
      return z.NEVER;
    }
  })
  .pipe(chosenTagsSchema);

/** `TAG@DIGEST`. Tags contain no `@`. */
function splitChosen(text: string) {
  const at = text.indexOf('@');
  return { name: text.slice(0, at), digest: text.slice(at + 1) };
}

/** Bound to the new visibility, so that a stale page can't undo another member's change. */
export async function setVisibilityAction(
  { visibility, ...repository }: BoundName & { visibility: Visibility },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { fullName, path } = parseBoundName(repository, 'access');
  const caller = await requireCaller(path);
  const result = await runAction(form, () => updateCatalogData(getApp(), { caller, fullName, visibility }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}

export async function deprecateAction(repository: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  const deprecation = {
    text: textOf(form, 'text'),
    successor: textOf(form, 'successor'),
    endsOn: textOf(form, 'endsOn'),
  };
  return saveDeprecation(repository, form, deprecation);
}

export async function undeprecateAction(repository: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  return saveDeprecation(repository, form, null);
}

async function saveDeprecation(
  repository: BoundName,
  form: FormData,
  deprecation: DeprecateRepositoryInput['deprecation'],
): Promise<FormState> {
  const { fullName, path } = parseBoundName(repository, 'settings');
  const caller = await requireCaller(path);
  const result = await runAction(form, () => deprecateRepository(getApp(), { caller, fullName, deprecation }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}
