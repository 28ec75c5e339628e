'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

export function SignInForm({ action, callbackUrl }: { action: FormAction; callbackUrl: string }) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      <input name="callbackUrl" type="hidden" value={callbackUrl} />
      <TextField
        autoComplete="username"
        defaultValue={fieldValue(state, 'email')}
        error={fieldError(state, 'email')}
        label="E-mail address"
        name="email"
        required
        type="email"
      />
      <TextField autoComplete="current-password" label="Password" name="password" required type="password" />
      <div>
        <SubmitButton>Sign in</SubmitButton>
      </div>
    </form>
  );
}
