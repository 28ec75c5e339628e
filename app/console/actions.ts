'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { consoleRepositoryLink, DELETED, NEW_REPOSITORY } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { featureTag } from '#lib/repositories/feature-tag.ts';
import { visibilitySchema } from '#lib/repositories/schema.ts';
import { setReadmeSource } from '#lib/gallery/readme/set-readme-source.ts';
import { setRepositoryLogo } from '#lib/repositories/logo/set-repository-logo.ts';
import { tagMutabilityRuleSchema } from '#lib/repositories/tag-mutability/schema.ts';
import { setTagMutability } from '#lib/repositories/tag-mutability/set-tag-mutability.ts';
import { setUntaggedDays } from '#lib/repositories/set-untagged-days.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { invalidField, parseInput } from '#lib/platform/parse-input.ts';
import { parseBoundName, type BoundName } from '../_lib/actions/bound-arguments.ts';
import { runLogoAction, type LogoState } from '../_lib/actions/logo-action.ts';
import { runAction, textOf, textsOf } from '../_lib/actions/run-action.ts';
import { getWorkKey, requireCaller } from '../_lib/session/session.ts';

export async function createRepositoryAction(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(NEW_REPOSITORY);
  const result = await runAction(form, async () =>
    createRepository(getApp(), {
      caller,
      alias: textOf(form, 'alias'),
      name: textOf(form, 'name'),
      visibility: parseInput(visibilitySchema, textOf(form, 'visibility')),
      catalogData: { description: textOf(form, 'description') },
      tagRule: parseInput(tagMutabilityRuleSchema, { tagMutability: textOf(form, 'tagMutability') }),
      ...readEncryption(form),
    }),
  );
  if (!result.ok) return result;
  redirect(consoleRepositoryLink(result.value));
}

function readEncryption(form: FormData): { kmsKey?: string | null } {
  const kmsKey = textOf(form, 'kmsKey').trim();
  if (textOf(form, 'encryption') === 'KMS') return { kmsKey: kmsKey || null };
  if (kmsKey !== '') throw invalidField('kmsKey', 'Choose the encryption “KMS key”, or leave this empty.');
  return {};
}

/** Bound to its repository by the page. The use case authorises the caller. */
export async function updateCatalogDataAction(
  repository: BoundName,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const catalogData = {
    description: textOf(form, 'description'),
    aboutText: textOf(form, 'aboutText'),
    usageText: textOf(form, 'usageText'),
    operatingSystems: textsOf(form, 'operatingSystems'),
    architectures: textsOf(form, 'architectures'),
    categories: textsOf(form, 'categories'),
  };
  return changeRepository(repository, form, (named) => updateCatalogData(getApp(), { ...named, catalogData }));
}

export async function featureTagAction(repository: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  const tag = textOf(form, 'tag').trim() || null;
  return changeRepository(repository, form, (named) => featureTag(getApp(), { ...named, tag }));
}

export async function setUntaggedDaysAction(
  repository: BoundName,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const text = textOf(form, 'days').trim();
  const days = text === '' ? null : Number(text);
  return changeRepository(repository, form, (named) => setUntaggedDays(getApp(), { ...named, days }));
}

export async function setTagMutabilityAction(
  repository: BoundName,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const lines = textOf(form, 'tagExclusions').split('\n');
  const rule = {
    tagMutability: textOf(form, 'tagMutability'),
    tagExclusions: lines.map((line) => line.trim()).filter((line) => line !== ''),
  };
  return changeRepository(repository, form, (named) => setTagMutability(getApp(), { ...named, ...rule }));
}

export async function setReadmeSourceAction(
  repository: BoundName,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const source = textOf(form, 'source') || null;
  return changeRepository(repository, form, (named) => setReadmeSource(getApp(), { ...named, source }));
}

/** Stays on the repository's edit page. */
async function changeRepository(
  repository: BoundName,
  form: FormData,
  change: (named: { caller: UserCaller; fullName: string }) => Promise<unknown>,
): Promise<FormState> {
  const { fullName, path } = parseBoundName(repository, 'overview');
  const caller = await requireCaller(path);
  const result = await runAction(form, () => change({ caller, fullName }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}

export async function deleteRepositoryAction(
  repository: BoundName,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { fullName, path } = parseBoundName(repository, 'overview');
  const caller = await requireCaller(path);
  const result = await runAction(form, () => deleteRepository(getApp(), { caller, fullName }));
  if (!result.ok) return result;
  redirect(DELETED);
}

export async function setRepositoryLogoAction(
  repository: BoundName,
  _state: LogoState,
  form: FormData,
): Promise<LogoState> {
  const { fullName, path } = parseBoundName(repository, 'overview');
  const caller = await requireCaller(path);
  const result = await runLogoAction(form, (image) => setRepositoryLogo(getApp(), { caller, fullName, image }));
  if (result?.ok) revalidatePath(path);
  return result;
}

/** Renders Markdown exactly as the page does. */
export async function previewMarkdown(sourceUrl: string | null, text: string): Promise<string> {
  await requireCaller(NEW_REPOSITORY);
  const options = { sourceUrl: typeof sourceUrl === 'string' ? sourceUrl : null };
  return typeof text === 'string' ? getApp().markdown.render(text, await getWorkKey(), options) : '';
}
