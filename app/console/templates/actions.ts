'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { TEMPLATES } from '#components/links.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { createTemplate } from '#lib/repositories/templates/create-template.ts';
import { deleteTemplate } from '#lib/repositories/templates/delete-template.ts';
import { updateTemplate } from '#lib/repositories/templates/update-template.ts';
import { parseBound, parseBoundKey } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { readTemplate } from './read-template.ts';

// The page binds each action to its registry or template. The use cases authorize the caller.

type BoundTemplate = { registryKey: bigint; prefix: string };

export async function createTemplateAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  const prefix = textOf(form, 'prefix').trim().replace(/\/$/, '');
  const input = { registryKey, prefix, settings: readTemplate(form) };
  return change(form, async (caller) => void (await createTemplate(getApp(), { caller, ...input })));
}

export async function updateTemplateAction(
  bound: BoundTemplate,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const template = parseTemplate(bound);
  const settings = readTemplate(form);
  return change(form, async (caller) => void (await updateTemplate(getApp(), { caller, ...template, settings })));
}

export async function deleteTemplateAction(
  bound: BoundTemplate,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const template = parseTemplate(bound);
  return change(form, async (caller) => void (await deleteTemplate(getApp(), { caller, ...template })));
}

function parseTemplate({ registryKey, prefix }: BoundTemplate): BoundTemplate {
  return { registryKey: parseBoundKey(registryKey), prefix: parseBound(z.string(), prefix) };
}

async function change(form: FormData, work: (caller: UserCaller) => Promise<undefined>): Promise<FormState> {
  const caller = await requireCaller(TEMPLATES);
  const result = await runAction(form, () => work(caller));
  revalidatePath(TEMPLATES);
  return result;
}
