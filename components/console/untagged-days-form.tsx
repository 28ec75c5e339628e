'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

export function UntaggedDaysForm({ action, untaggedDays }: { action: FormAction; untaggedDays: number | null }) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex max-w-xl flex-col gap-3">
      <TextField
        autoComplete="off"
        defaultValue={fieldValue(state, 'days', untaggedDays === null ? '' : String(untaggedDays))}
        error={fieldError(state, 'days')}
        hint="Empty: they are kept for good, and whoever pulls by digest finds them. What an index lists and what is attached to an image that is here stays in any case."
        inputMode="numeric"
        label="Days until they are deleted"
        maxLength={4}
        name="days"
      />
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">Saved.</Notice>}
      <div>
        <SubmitButton>Save the rule</SubmitButton>
      </div>
    </form>
  );
}
