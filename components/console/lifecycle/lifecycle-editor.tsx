'use client';

import type { ShownLifecycleRun } from '#lib/images/lifecycle/show-lifecycle-run.ts';
import { MAX_LIFECYCLE_POLICY_LENGTH } from '#lib/repositories/lifecycle/schema.ts';
import { ActionForm, StepForm } from '../../forms/action-form.tsx';
import { ActionState, useFormState } from '../../forms/action-state.tsx';
import { FormFailureNotice } from '../../forms/form-notice.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { SubmitButton } from '../../forms/submit-button.tsx';
import { TextAreaField } from '../../forms/text-area-field.tsx';
import { LifecycleRun } from './lifecycle-run.tsx';

export type LifecyclePreviewAnswer = { text: string; run: ShownLifecycleRun };

type LifecycleEditorProps = {
  preview: FormAction<LifecyclePreviewAnswer>;
  save: FormAction;
  /** What the editor starts with. */
  text: string;
};

/** Edits a policy as JSON. What it would take is shown before it is saved. */
export function LifecycleEditor({ preview, ...start }: LifecycleEditorProps) {
  return (
    <ActionState action={preview}>
      <Steps {...start} />
    </ActionState>
  );
}

function Steps({ text, save }: Omit<LifecycleEditorProps, 'preview'>) {
  const state = useFormState<LifecyclePreviewAnswer>();
  const answer = state?.ok ? state.value : null;
  const typed = state?.ok === false ? state.values['policy']?.[0] : answer?.text;
  return (
    <div className="flex flex-col gap-6">
      <FormFailureNotice state={state} />
      <StepForm key={typed} step="preview">
        <TextAreaField
          className="font-mono text-sm"
          defaultValue={typed ?? text}
          hint="JSON in the grammar of ECR"
          label="Policy"
          maxLength={MAX_LIFECYCLE_POLICY_LENGTH}
          name="policy"
          rows={16}
          spellCheck={false}
        />
        <div>
          <SubmitButton tone={answer ? 'plain' : 'primary'}>Preview policy</SubmitButton>
        </div>
      </StepForm>
      {answer && (
        <section aria-label="Preview" className="flex flex-col gap-4">
          <LifecycleRun images={answer.run.images} isPreview run={answer.run} />
          {answer.run.next !== null && (
            <p className="text-sm text-muted">These are the newest {answer.run.images.length}. The API lists all.</p>
          )}
          <ActionForm action={save} button="Save policy" key={answer.text}>
            <input name="policy" type="hidden" value={answer.text} />
          </ActionForm>
        </section>
      )}
    </div>
  );
}
