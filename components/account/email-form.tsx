'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type EmailFormProps = { action: FormAction<string>; email: string; isPasswordSet: boolean };

export function EmailForm({ action, email, isPasswordSet }: EmailFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">{state.value}</Notice>}
      <TextField
        autoComplete="email"
        defaultValue={fieldValue(state, 'email', email)}
        error={fieldError(state, 'email')}
        hint="You sign in with it"
        label="E-mail address"
        name="email"
        required
        type="email"
      />
      {isPasswordSet && (
        <TextField
          autoComplete="current-password"
          error={fieldError(state, 'currentPassword')}
          label="Your password"
          name="emailPassword"
          required
          type="password"
        />
      )}
      <div>
        <SubmitButton>Change address</SubmitButton>
      </div>
    </form>
  );
}
