'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { ChosenTags } from '#components/console/images/tag-deletion.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { consoleRepositoryLink, type RepositoryLink } from '#components/links.ts';
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
import { runAction, textOf, textsOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its repository. The use cases authorize the caller.

type Named = Pick<RepositoryLink, 'alias' | 'name'>;
const fullNameOf = ({ alias, name }: Named) => `${alias}/${name}`;

/** Shows what would be deleted. A selection keeps the digests that its page showed. */
export async function chooseTagsAction(
  repository: Named,
  _state: FormState<ChosenTags>,
  form: FormData,
): Promise<FormState<ChosenTags>> {
  const caller = await requireCaller(consoleRepositoryLink({ ...repository, tab: 'images' }));
  const fullName = fullNameOf(repository);
  return runAction(form, async () => {
    if (textOf(form, 'step') === 'pattern') {
      const { tags, total } = await chooseTags(getApp(), { caller, fullName, pattern: textOf(form, 'pattern') });
      return { tags, total };
    }
    const tags = parseField('tags', chosenTagsSchema, textsOf(form, 'tag').map(splitChosen));
    return { tags, total: tags.length };
  });
}

export async function deleteTagsAction(repository: Named, _state: FormState, form: FormData): Promise<FormState> {
  const path = { ...repository, tab: 'images' } as const;
  const caller = await requireCaller(consoleRepositoryLink(path));
  const result = await runAction(form, async () => {
    const tags = parseField('tags', chosenTagsText, textOf(form, 'tags'));
    return deleteTags(getApp(), { caller, fullName: fullNameOf(repository), tags });
  });
  if (!result.ok) return result;
  const { deleted, moved } = result.value;
  redirect(consoleRepositoryLink(path, { deleted: deleted.length, kept: moved.length || null }));
}

export async function retagAction(repository: Named, _state: FormState, form: FormData): Promise<FormState> {
  const path = consoleRepositoryLink({ ...repository, tab: 'images' });
  const caller = await requireCaller(path);
  const asked = { source: textOf(form, 'source'), tag: textOf(form, 'tag') };
  const result = await runAction(form, () =>
    retagManifest(getApp(), { caller, fullName: fullNameOf(repository), ...asked }),
  );
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
  { visibility, ...repository }: Named & { visibility: Visibility },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const path = consoleRepositoryLink({ ...repository, tab: 'access' });
  const caller = await requireCaller(path);
  const fullName = fullNameOf(repository);
  const result = await runAction(form, () => updateCatalogData(getApp(), { caller, fullName, visibility }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}

export async function deprecateAction(repository: Named, _state: FormState, form: FormData): Promise<FormState> {
  const deprecation = {
    text: textOf(form, 'text'),
    successor: textOf(form, 'successor'),
    endsOn: textOf(form, 'endsOn'),
  };
  return saveDeprecation(repository, form, deprecation);
}

export async function undeprecateAction(repository: Named, _state: FormState, form: FormData): Promise<FormState> {
  return saveDeprecation(repository, form, null);
}

async function saveDeprecation(
  repository: Named,
  form: FormData,
  deprecation: DeprecateRepositoryInput['deprecation'],
): Promise<FormState> {
  const path = consoleRepositoryLink({ ...repository, tab: 'settings' });
  const caller = await requireCaller(path);
  const fullName = fullNameOf(repository);
  const result = await runAction(form, () => deprecateRepository(getApp(), { caller, fullName, deprecation }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}
