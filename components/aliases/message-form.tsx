'use client';

import { useActionState } from 'react';
import { TextArea } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

type MessageFormProps = { action: FormAction; label: string; hint: string; button: string };

export function MessageForm({ action, label, hint, button }: MessageFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-3">
      <FormFailureNotice state={state} />
      <TextArea
        defaultValue={fieldValue(state, 'message')}
        error={fieldError(state, 'message')}
        hint={hint}
        label={label}
        maxLength={4000}
        name="message"
        required
        rows={4}
      />
      <div>
        <SubmitButton tone="plain">{button}</SubmitButton>
      </div>
    </form>
  );
}
