'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

type FinishSignUpFormProps = { action: FormAction; secret: string; email: string; displayName: string };

export function FinishSignUpForm({ action, secret, email, displayName }: FinishSignUpFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      <input name="secret" type="hidden" value={secret} />
      {/* For password managers. */}
      <input autoComplete="username" name="email" readOnly type="hidden" value={email} />
      <TextField
        autoComplete="name"
        defaultValue={fieldValue(state, 'displayName', displayName)}
        error={fieldError(state, 'displayName')}
        label="Name"
        maxLength={100}
        name="displayName"
        required
      />
      <TextField
        autoComplete="new-password"
        error={fieldError(state, 'password')}
        hint="At least 10 characters."
        label="Password"
        name="password"
        required
        type="password"
      />
      <div>
        <SubmitButton>Create account</SubmitButton>
      </div>
    </form>
  );
}
