'use client';

import { ActionState, useFieldError, useFieldValue, useFormState } from './action-state.tsx';
import { StepForm } from './action-form.tsx';
import { Fold } from './fold.tsx';
import { FormFailureNotice } from './form-notice.tsx';
import type { FormAction } from './form-state.ts';
import { SubmitButton } from './submit-button.tsx';

type FoldedFormProps = {
  action: FormAction;
  /** What unfolds it. */
  summary: string;
  /** What it acts on, for screen readers. */
  about: string;
  field: { name: string; label: string; maxLength: number; isOptional?: boolean };
  button: string;
  tone?: 'plain' | 'danger';
  /** Shown beside the folded form once the action has succeeded, if the page keeps the form. */
  successNotice?: string;
};

/** A decision that takes one line of text. Stays open when it was refused, also without JavaScript. */
export function FoldedForm({ action, ...form }: FoldedFormProps) {
  return (
    <ActionState action={action}>
      <Folded {...form} />
    </ActionState>
  );
}

function Folded({ summary, about, field, button, tone = 'danger', successNotice }: Omit<FoldedFormProps, 'action'>) {
  const { name, label, maxLength, isOptional = false } = field;
  const state = useFormState();
  const error = useFieldError([name]);
  const value = useFieldValue(name);
  return (
    <>
      {state?.ok && successNotice !== undefined && (
        <p className="mb-1 text-accent" role="status">
          {successNotice}
        </p>
      )}
      <Fold
        summary={
          <>
            {summary} …<span className="sr-only"> {about}</span>
          </>
        }
      >
        <StepForm className="w-72 max-w-full gap-2">
          {error ? <p className="text-danger">{error}</p> : <FormFailureNotice state={state} />}
          <input
            aria-invalid={error ? true : undefined}
            aria-label={`${label} (${about})`}
            className="control"
            defaultValue={value}
            maxLength={maxLength}
            name={name}
            placeholder={label}
            required={!isOptional}
          />
          <div>
            <SubmitButton isSmall tone={tone}>
              {button}
            </SubmitButton>
          </div>
        </StepForm>
      </Fold>
    </>
  );
}
