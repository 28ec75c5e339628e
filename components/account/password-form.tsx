'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

export function PasswordForm({ action, isPasswordSet }: { action: FormAction; isPasswordSet: boolean }) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">The password is set. All other sessions have ended.</Notice>}
      {isPasswordSet && (
        <TextField
          autoComplete="current-password"
          error={fieldError(state, 'currentPassword')}
          label="Current password"
          name="currentPassword"
          required
          type="password"
        />
      )}
      <TextField
        autoComplete="new-password"
        error={fieldError(state, 'newPassword')}
        hint="At least 10 characters. Signs you out everywhere else."
        label="New password"
        name="newPassword"
        required
        type="password"
      />
      <div>
        <SubmitButton>Set the password</SubmitButton>
      </div>
    </form>
  );
}
