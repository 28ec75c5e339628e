'use client';

import { useActionState } from 'react';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

type FoldedFormProps = {
  action: FormAction;
  /** What unfolds it. */
  summary: string;
  /** Whom it is about, for those who hear the page. */
  about: string;
  field: { name: string; label: string; maxLength: number; isOptional?: boolean };
  button: string;
  tone?: 'plain' | 'danger';
};

/** A decision that wants a sentence: unfolded, written, sent. Stays open when it was refused, also without a script. */
export function FoldedForm({ action, summary, about, field, button, tone = 'danger' }: FoldedFormProps) {
  const [state, send] = useActionState(action, null);
  const { name, label, maxLength, isOptional = false } = field;
  const error = fieldError(state, name);
  return (
    <details open={state?.ok === false || undefined}>
      <summary className="button button-small w-fit">
        {summary} …<span className="sr-only"> {about}</span>
      </summary>
      <form action={send} className="mt-2 flex w-72 max-w-full flex-col gap-2">
        {error ? <p className="text-danger">{error}</p> : <FormFailureNotice state={state} />}
        <input
          aria-invalid={error ? true : undefined}
          aria-label={`${label} (${about})`}
          className="control"
          defaultValue={fieldValue(state, name)}
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
      </form>
    </details>
  );
}
