'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import type { FormState } from '#components/forms/form-state.ts';
import { withQuery } from '#components/links.ts';
import type { PolicyAnswer } from '#components/console/policy/policy-editor.tsx';
import { getApp } from '#lib/app.ts';
import { deleteRepositoryPolicy } from '#lib/repositories/policies/delete-repository-policy.ts';
import { reviewRepositoryPolicy } from '#lib/repositories/policies/review-repository-policy.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { parseBoundName, type BoundName } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
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
  const text = textOf(form, 'policy').replaceAll('\r\n', '\n');
  const asked = { caller, fullName, text };
  if (textOf(form, 'step') !== 'save') {
    return runAction(form, async () => ({
      text,
      review: await reviewRepositoryPolicy(getApp(), asked),
    }));
  }
  const force = textOf(form, 'force') === '1';
  const editedRevision = Number(textOf(form, 'revision'));
  const result = await runAction(form, () => setRepositoryPolicy(getApp(), { ...asked, force, editedRevision }));
  if (!result.ok) return result;
  revalidatePath(path);
  // Leaves the sample or the earlier policy that the editor started with.
  redirect(`${withQuery(path, { saved: String(result.value.revision) })}#policy`);
}

export async function removePolicyAction(bound: BoundName, _state: FormState, form: FormData): Promise<FormState> {
  const { fullName, path } = parseBoundName(bound, 'access');
  const caller = await requireCaller(path);
  const result = await runAction(form, () => deleteRepositoryPolicy(getApp(), { caller, fullName }));
  if (!result.ok) return result;
  revalidatePath(path);
  return { ok: true, value: undefined };
}
