'use server';

import { revalidatePath } from 'next/cache';
import type { FormState } from '#components/forms/form-state.ts';
import { withQuery } from '#components/links.ts';
import type { PolicyAnswer } from '#components/console/policy/policy-editor.tsx';
import { getApp } from '#lib/app.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { deleteRepositoryPolicy } from '#lib/repositories/policies/delete-repository-policy.ts';
import { reviewRepositoryPolicy } from '#lib/repositories/policies/review-repository-policy.ts';
import { removeTrustedWorkflow } from '#lib/repositories/policies/remove-trusted-workflow.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { setTrustedWorkflow } from '#lib/repositories/policies/set-trusted-workflow.ts';
import { parseBoundName, type BoundName } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { editPolicy } from '../../_lib/policy/edit-policy.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its repository. The use case authorizes the caller.

/** Shows what saving would do, or saves. */
export async function editPolicyAction(
  bound: BoundName,
  _state: FormState<PolicyAnswer>,
  form: FormData,
): Promise<FormState<PolicyAnswer>> {
  const { fullName, path } = parseBoundName(bound, 'access');
  const caller = await requireCaller(path);
  return editPolicy(form, {
    review: (asked) => reviewRepositoryPolicy(getApp(), { caller, fullName, ...asked }),
    save: (asked) => setRepositoryPolicy(getApp(), { caller, fullName, ...asked }),
    path,
    savedLink: (saved) => `${withQuery(path, { saved })}#policy`,
  });
}

export async function removePolicyAction(bound: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  return change(bound, form, (asked) => deleteRepositoryPolicy(getApp(), asked));
}

export async function setTrustedWorkflowAction(
  bound: BoundName,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const input = {
    repositoryId: textOf(form, 'repositoryId'),
    workflow: textOf(form, 'workflow'),
    issuer: textOf(form, 'issuer').trim() || null,
  };
  return change(bound, form, (asked) => setTrustedWorkflow(getApp(), { ...asked, ...input }));
}

export async function removeTrustedWorkflowAction(
  bound: BoundName,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  return change(bound, form, (asked) => removeTrustedWorkflow(getApp(), asked));
}

type Work = (asked: { caller: UserCaller; fullName: string }) => Promise<unknown>;

async function change(bound: BoundName, form: FormData, work: Work): Promise<FormState> {
  const { fullName, path } = parseBoundName(bound, 'access');
  const caller = await requireCaller(path);
  const result = await runAction(form, () => work({ caller, fullName }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}
