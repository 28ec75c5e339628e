'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type ProfileFormProps = { action: FormAction; displayName: string; email: string };

export function ProfileForm({ action, displayName, email }: ProfileFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">Saved.</Notice>}
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
        autoComplete="email"
        defaultValue={fieldValue(state, 'email', email)}
        error={fieldError(state, 'email')}
        hint="You sign in with it, and so do your clients."
        label="E-mail address"
        name="email"
        required
        type="email"
      />
      <div>
        <SubmitButton>Save the profile</SubmitButton>
      </div>
    </form>
  );
}
