'use server';

import { authorize } from '#lib/access/authorize.ts';
import { revalidatePath } from 'next/cache';
import type { UserCaller } from '#lib/access/schema.ts';
import { redirect } from 'next/navigation';
import type { LiveCheck } from '#components/aliases/alias-request-form.tsx';
import { ALIASES, NEW_ALIAS_REQUEST, aliasRequestLink } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { answerRequest, appealRequest, withdrawRequest } from '#lib/aliases/requests/answer-request.ts';
import { makeAliasPrimary, releaseAlias } from '#lib/aliases/change-alias.ts';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import { checkDomainProof, startDomainProof } from '#lib/publishers/verification/prove-domain.ts';
import { editAliasDraft } from '#lib/aliases/requests/edit-draft.ts';
import { draftAliasRequest, submitAliasRequest } from '#lib/aliases/requests/request-alias.ts';
import { writeEntry } from '#lib/aliases/requests/write-entry.ts';
import { getApp } from '#lib/app.ts';
import { parseBoundKey } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

/** Runs the same checks as submitting, while the user types. Bound to the registry by the page. */
export async function checkAliasAction(bound: bigint, name: string): Promise<LiveCheck> {
  const registryKey = parseBoundKey(bound);
  const caller = await requireCaller(NEW_ALIAS_REQUEST);
  await authorize(getApp(), { ...caller, action: 'vitrine:ViewRegistry', registryKey });
  const { verdict, needsTwo, checks } = await checkAlias(getApp(), { name: String(name).slice(0, 100), registryKey });
  return { verdict, needsTwo, checks };
}

export async function requestAliasAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  const app = getApp();
  const caller = await requireCaller(NEW_ALIAS_REQUEST);
  const result = await runAction(form, async () => {
    const draft = await draftAliasRequest(app, { caller, registryKey, ...readRequest(form) });
    if (textOf(form, 'draft') !== '') return draft.id;
    // A refused request must not leave an unwanted draft.
    await submitAliasRequest(app, { caller, id: draft.id }).catch(async (error: unknown) => {
      await withdrawRequest(app, { caller, id: draft.id });
      throw error;
    });
    return draft.id;
  });
  if (!result.ok) return result;
  redirect(aliasRequestLink(result.value));
}

/** Saves the draft, and submits it unless the user only saves. A refused submission keeps what was typed. */
export async function editDraftAction(id: string, _state: FormState, form: FormData): Promise<FormState> {
  return change(id, form, async (caller) => {
    await editAliasDraft(getApp(), { caller, id, ...readRequest(form) });
    if (textOf(form, 'draft') === '') await submitAliasRequest(getApp(), { caller, id });
  });
}

function readRequest(form: FormData) {
  const links = textOf(form, 'links').split(/\s+/).filter(Boolean);
  return { name: textOf(form, 'name'), purpose: textOf(form, 'purpose'), links };
}

export async function answerAction(id: string, _state: FormState, form: FormData): Promise<FormState> {
  return change(id, form, async (caller) => answerRequest(getApp(), { caller, id, message: textOf(form, 'message') }));
}

export async function appealAction(id: string, _state: FormState, form: FormData): Promise<FormState> {
  return change(id, form, async (caller) => appealRequest(getApp(), { caller, id, message: textOf(form, 'message') }));
}

export async function withdrawAction(id: string, _state: FormState, form: FormData): Promise<FormState> {
  return change(id, form, async (caller) => withdrawRequest(getApp(), { caller, id }));
}

export async function writeMessageAction(id: string, _state: FormState, form: FormData): Promise<FormState> {
  return change(id, form, async (caller) =>
    writeEntry(getApp(), { caller, id, kind: 'message', body: textOf(form, 'message') }),
  );
}

async function change(id: string, form: FormData, work: (caller: UserCaller) => Promise<unknown>): Promise<FormState> {
  const path = aliasRequestLink(id);
  const caller = await requireCaller(path);
  const result = await runAction(form, () => work(caller));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}

export async function makePrimaryAction(form: FormData): Promise<void> {
  await changeAlias(form, (caller) => makeAliasPrimary(getApp(), { caller, name: textOf(form, 'name') }));
}

export async function releaseAliasAction(form: FormData): Promise<void> {
  await changeAlias(form, (caller) => releaseAlias(getApp(), { caller, name: textOf(form, 'name') }));
}

/** The proof's row records a failed check. */
export async function checkProofAction(bound: bigint, form: FormData): Promise<void> {
  const registryKey = parseBoundKey(bound);
  await changeAlias(form, (caller) => checkDomainProof(getApp(), { caller, registryKey, id: textOf(form, 'id') }));
}

/** A refusal means that the page was stale, so reload it. */
async function changeAlias(form: FormData, work: (caller: UserCaller) => Promise<unknown>): Promise<void> {
  const caller = await requireCaller(ALIASES);
  await runAction(form, () => work(caller));
  redirect(ALIASES);
}

export async function startProofAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  const caller = await requireCaller(ALIASES);
  const result = await runAction(form, async () => {
    const method = textOf(form, 'method') === 'well_known' ? 'well_known' : 'dns';
    await startDomainProof(getApp(), { caller, registryKey, domain: textOf(form, 'domain'), method });
  });
  if (!result.ok) return result;
  revalidatePath(ALIASES);
  return { ok: true, value: undefined };
}
