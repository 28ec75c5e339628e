'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { consoleRepositoryLink, TRANSFERS } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { acceptTransfer } from '#lib/repositories/moves/accept-transfer.ts';
import { endRedirect } from '#lib/repositories/moves/end-redirect.ts';
import { declineTransfer, withdrawTransfer } from '#lib/repositories/moves/end-transfer.ts';
import { offerTransfer } from '#lib/repositories/moves/offer-transfer.ts';
import { renameRepository } from '#lib/repositories/moves/rename-repository.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { parseBound, parseBoundName, type BoundName } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its subject. The use cases authorize the caller.

export async function renameAction(repository: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  const { named, fullName, path } = parseBoundName(repository, 'danger');
  const caller = await requireCaller(path);
  const name = textOf(form, 'name');
  const result = await runAction(form, () => renameRepository(getApp(), { caller, fullName, name }));
  if (!result.ok) return result;
  redirect(consoleRepositoryLink({ ...named, ...splitFullName(result.value) }));
}

export async function offerTransferAction(
  repository: BoundName,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { fullName, path } = parseBoundName(repository, 'danger');
  return change(path, form, (caller) => offerTransfer(getApp(), { caller, fullName, to: textOf(form, 'to') }));
}

export async function withdrawTransferAction(bound: string, _state: FormState, form: FormData): Promise<FormState> {
  const id = parseBound(z.uuid(), bound);
  return change(TRANSFERS, form, (caller) => withdrawTransfer(getApp(), { caller, id }));
}

export async function declineTransferAction(bound: string, _state: FormState, form: FormData): Promise<FormState> {
  const id = parseBound(z.uuid(), bound);
  return change(TRANSFERS, form, (caller) => declineTransfer(getApp(), { caller, id }));
}

export async function acceptTransferAction(bound: string, _state: FormState, form: FormData): Promise<FormState> {
  const id = parseBound(z.uuid(), bound);
  const caller = await requireCaller(TRANSFERS);
  const result = await runAction(form, () => acceptTransfer(getApp(), { caller, id, name: textOf(form, 'name') }));
  if (!result.ok) return result;
  redirect(consoleRepositoryLink(splitFullName(result.value) ?? { alias: '', name: '' }));
}

export async function endRedirectAction(bound: string, _state: FormState, form: FormData): Promise<FormState> {
  const fullName = parseBound(z.string(), bound);
  return change(TRANSFERS, form, (caller) => endRedirect(getApp(), { caller, fullName }));
}

async function change(
  path: string,
  form: FormData,
  work: (caller: UserCaller) => Promise<unknown>,
): Promise<FormState> {
  const caller = await requireCaller(path);
  const result = await runAction(form, () => work(caller));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}
