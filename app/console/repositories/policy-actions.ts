'use server';

import { revalidatePath } from 'next/cache';
import type { FormState } from '#components/forms/form-state.ts';
import { withQuery } from '#components/links.ts';
import type { PolicyAnswer } from '#components/console/policy/policy-editor.tsx';
import { getApp } from '#lib/app.ts';
import { deleteRepositoryPolicy } from '#lib/repositories/policies/delete-repository-policy.ts';
import { reviewRepositoryPolicy } from '#lib/repositories/policies/review-repository-policy.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { parseBoundName, type BoundName } from '../../_lib/actions/bound-arguments.ts';
import { runAction } from '../../_lib/actions/run-action.ts';
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
  const { fullName, path } = parseBoundName(bound, 'access');
  const caller = await requireCaller(path);
  const result = await runAction(form, () => deleteRepositoryPolicy(getApp(), { caller, fullName }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}
