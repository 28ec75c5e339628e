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
      {state?.ok && <Notice tone="success">Password saved. All other sessions have ended.</Notice>}
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
      <label className="flex min-h-8 items-start gap-2">
        <input className="mt-1 size-4 accent-accent" name="endsAccessTokens" type="checkbox" value="1" />
        <span>
          Revoke all access tokens too
          <span className="block text-sm text-muted">
            Do this if somebody else may have known the password. Clients need new tokens then.
          </span>
        </span>
      </label>
      <div>
        <SubmitButton>Set password</SubmitButton>
      </div>
    </form>
  );
}
