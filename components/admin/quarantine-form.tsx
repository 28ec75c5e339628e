'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type QuarantineFormProps = { action: FormAction<string>; repository: string };

export function QuarantineForm({ action, repository }: QuarantineFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">{state.value} is in quarantine now.</Notice>}
      <TextField
        autoCapitalize="off"
        className="font-mono"
        defaultValue={fieldValue(state, 'repository', state?.ok ? '' : repository)}
        error={fieldError(state, 'repository')}
        hint="ALIAS/NAME, by any of its aliases."
        key={state?.ok ? state.value : repository}
        label="Repository"
        maxLength={300}
        name="repository"
        required
        spellCheck={false}
      />
      <TextField
        defaultValue={fieldValue(state, 'reason')}
        error={fieldError(state, 'reason')}
        hint="One line. Whoever pulls reads it; so does the publisher."
        label="Reason"
        maxLength={500}
        name="reason"
        required
      />
      <div>
        <SubmitButton tone="danger">Put it in quarantine</SubmitButton>
      </div>
    </form>
  );
}
