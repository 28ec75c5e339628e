'use client';

import { useRef, useState } from 'react';
import { MAX_POLICY_LENGTH } from '#lib/access/attached/schema.ts';
import type { PolicyReview } from '#lib/repositories/policies/review-repository-policy.ts';
import { StepForm } from '../../forms/action-form.tsx';
import { ActionState, useFormState } from '../../forms/action-state.tsx';
import { CheckboxField } from '../../forms/checkbox-field.tsx';
import { FormFailureNotice } from '../../forms/form-notice.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { SubmitButton } from '../../forms/submit-button.tsx';
import { TextAreaField } from '../../forms/text-area-field.tsx';
import { CodeLine } from '../../ui/code-line.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PolicyDiff } from './policy-diff.tsx';
import { PolicyForm, type PolicyFormKind } from './policy-form.tsx';
import { policySnippets, type SnippetTarget } from './policy-snippets.ts';

export type PolicyAnswer = { text: string; review: PolicyReview };

type PolicyEditorProps = {
  kind: PolicyFormKind;
  action: FormAction<PolicyAnswer>;
  /** What the editor starts with: the policy, a sample or an earlier policy. */
  text: string;
  /** The revision that the text replaces. */
  revision: number;
  /** Whether it was just saved. */
  isSaved: boolean;
  /** Missing if AWS has no such policy. */
  target?: SnippetTarget | undefined;
};

/** Edits a policy as JSON or by fields. Its differences from the present policy are shown before it is saved. */
export function PolicyEditor({ action, ...start }: PolicyEditorProps) {
  return (
    <ActionState action={action}>
      <Steps {...start} />
    </ActionState>
  );
}

function Steps({ kind, text, revision, isSaved, target }: Omit<PolicyEditorProps, 'action'>) {
  const state = useFormState<PolicyAnswer>();
  const reviewed = state?.ok ? state.value : null;
  const typed = state?.ok === false ? state.values['policy']?.[0] : reviewed?.text;
  const [draft, setDraft] = useState(typed ?? text);
  const [isForm, setIsForm] = useState(false);
  const json = useRef<HTMLDivElement>(null);
  const writeJson = (policy: string) => {
    setDraft(policy);
    const area = json.current?.querySelector('textarea');
    if (area) area.value = policy;
  };
  return (
    <div className="flex flex-col gap-6">
      {isSaved && !state && <Notice tone="success">Policy saved.</Notice>}
      {reviewed && <Review {...reviewed} />}
      {/* Forms are reset to their default values once an action has run. */}
      <FormFailureNotice state={state} />
      <div aria-label="Edit as" className="flex gap-2 noscript:hidden" role="group">
        <ViewButton isShown={!isForm} onClick={() => setIsForm(false)} title="JSON" />
        <ViewButton isShown={isForm} onClick={() => setIsForm(true)} title="Form" />
      </div>
      {/* Not in the form below, which submits only the JSON. */}
      {isForm && <PolicyForm kind={kind} onChange={writeJson} text={draft} />}
      <StepForm key={typed} step="review">
        <input name="revision" type="hidden" value={revision} />
        <div hidden={isForm} ref={json}>
          <TextAreaField
            className="font-mono text-sm"
            defaultValue={typed ?? text}
            hint="JSON in the grammar of AWS IAM"
            label="Policy"
            maxLength={MAX_POLICY_LENGTH}
            name="policy"
            onChange={({ target }) => setDraft(target.value)}
            rows={18}
            spellCheck={false}
          />
        </div>
        <div>
          <SubmitButton tone={reviewed ? 'plain' : 'primary'}>Review changes</SubmitButton>
        </div>
      </StepForm>
      {target && draft.trim() !== '' && <Snippets policy={draft} target={target} />}
    </div>
  );
}

function Snippets({ target, policy }: { target: SnippetTarget; policy: string }) {
  return (
    <details>
      <summary className="w-fit py-1 font-medium text-accent">For the AWS CLI and Terraform</summary>
      <div className="mt-2 flex flex-col gap-4">
        {policySnippets(target, policy).map(({ title, code }) => (
          <div key={title}>
            <h3 className="mb-1 font-medium">{title}</h3>
            <CodeLine code={code} label={`Copy ${title}`} />
          </div>
        ))}
      </div>
    </details>
  );
}

function ViewButton({ isShown, onClick, title }: { isShown: boolean; onClick: () => void; title: string }) {
  return (
    <button
      aria-pressed={isShown}
      className="button button-small aria-pressed:border-accent aria-pressed:text-accent"
      onClick={onClick}
      type="button"
    >
      {title}
    </button>
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
