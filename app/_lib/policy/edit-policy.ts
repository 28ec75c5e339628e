import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import type { FormState } from '#components/forms/form-state.ts';
import type { PolicyAnswer } from '#components/console/policy/policy-editor.tsx';
import type { PolicyReview } from '#lib/repositories/policies/review-repository-policy.ts';
import { runAction, textOf } from '../actions/run-action.ts';

type Saving = { text: string; force: boolean; editedRevision: number };

type Edited = {
  review: (asked: { text: string }) => Promise<PolicyReview>;
  save: (asked: Saving) => Promise<{ revision: number }>;
  path: string;
  /** Where the editor shows the saved policy. */
  savedLink: (revision: string) => string;
};

/** Shows what saving a policy would do, or saves it. */
export async function editPolicy(
  form: FormData,
  { review, save, path, savedLink }: Edited,
): Promise<FormState<PolicyAnswer>> {
  const text = textOf(form, 'policy').replaceAll('\r\n', '\n');
  if (textOf(form, 'step') !== 'save') return runAction(form, async () => ({ text, review: await review({ text }) }));
  const force = textOf(form, 'force') === '1';
  const editedRevision = Number(textOf(form, 'revision'));
  const result = await runAction(form, () => save({ text, force, editedRevision }));
  if (!result.ok) return result;
  revalidatePath(path);
  // Leaves the sample or the earlier policy that the editor started with.
  redirect(savedLink(String(result.value.revision)));
}
