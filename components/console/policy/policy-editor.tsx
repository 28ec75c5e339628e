'use client';

import { MAX_POLICY_LENGTH } from '#lib/access/attached/schema.ts';
import type { PolicyReview } from '#lib/repositories/policies/review-repository-policy.ts';
import { StepForm } from '../../forms/action-form.tsx';
import { ActionState, useFormState } from '../../forms/action-state.tsx';
import { CheckboxField } from '../../forms/checkbox-field.tsx';
import { FormFailureNotice } from '../../forms/form-notice.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { SubmitButton } from '../../forms/submit-button.tsx';
import { TextAreaField } from '../../forms/text-area-field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PolicyDiff } from './policy-diff.tsx';

export type PolicyAnswer = { text: string; review: PolicyReview };

type PolicyEditorProps = {
  action: FormAction<PolicyAnswer>;
  /** What the editor starts with: the policy, a sample or an earlier policy. */
  text: string;
  /** The revision that the text replaces. */
  revision: number;
  /** Whether it was just saved. */
  isSaved: boolean;
};

/** Edits a policy as JSON. Its differences from the present policy are shown before it is saved. */
export function PolicyEditor({ action, ...start }: PolicyEditorProps) {
  return (
    <ActionState action={action}>
      <Steps {...start} />
    </ActionState>
  );
}

function Steps({ text, revision, isSaved }: Omit<PolicyEditorProps, 'action'>) {
  const state = useFormState<PolicyAnswer>();
  const reviewed = state?.ok ? state.value : null;
  const typed = state?.ok === false ? state.values['policy']?.[0] : reviewed?.text;
  return (
    <div className="flex flex-col gap-6">
      {isSaved && !state && <Notice tone="success">Policy saved.</Notice>}
      {reviewed && <Review {...reviewed} />}
      {/* Forms are reset to their default values once an action has run. */}
      <FormFailureNotice state={state} />
      <StepForm key={typed} step="review">
        <input name="revision" type="hidden" value={revision} />
        <TextAreaField
          className="font-mono text-sm"
          defaultValue={typed ?? text}
          hint="JSON in the grammar of AWS IAM"
          label="Policy"
          maxLength={MAX_POLICY_LENGTH}
          name="policy"
          rows={18}
          spellCheck={false}
        />
        <div>
          <SubmitButton tone={reviewed ? 'plain' : 'primary'}>Review changes</SubmitButton>
        </div>
      </StepForm>
    </div>
  );
}

function Review({ text, review }: { text: string; review: PolicyReview }) {
  const { findings, isValid, isLockOut, diff, revision } = review;
  return (
    <section aria-label="Review" className="flex flex-col gap-3">
      {findings.length > 0 && (
        <Notice tone={isValid ? 'warning' : 'error'}>
          <ul>
            {findings.map(({ line, column, message }) => (
              <li className="wrap-anywhere" key={`${line}:${column} ${message}`}>
                Line {line}, column {column}: {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {isValid && diff.length === 0 && <p className="text-muted">The policy is the same as the present one.</p>}
      {isValid && diff.length > 0 && <PolicyDiff label="Changes" lines={diff} />}
      {isValid && diff.length > 0 && (
        <StepForm step="save">
          <input name="policy" type="hidden" value={text} />
          <input name="revision" type="hidden" value={revision} />
          {isLockOut && (
            <CheckboxField
              hint="Only an admin of the site could then remove the policy"
              label="Save it although I couldn’t change it again"
              name="force"
            />
          )}
          <div>
            <SubmitButton>Save policy</SubmitButton>
          </div>
        </StepForm>
      )}
    </section>
  );
}
