'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type ProfileFormProps = { action: FormAction; displayName: string };

export function ProfileForm({ action, displayName }: ProfileFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">Profile saved.</Notice>}
      <TextField
        autoComplete="name"
        defaultValue={fieldValue(state, 'displayName', displayName)}
        error={fieldError(state, 'displayName')}
        label="Name"
        maxLength={100}
        name="displayName"
        required
      />
      <div>
        <SubmitButton>Save profile</SubmitButton>
      </div>
    </form>
  );
}
