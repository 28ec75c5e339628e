'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { Notice } from '../ui/notice.tsx';

type EmailFormProps = { action: FormAction<string>; email: string; isPasswordSet: boolean };

export function EmailForm({ action, email, isPasswordSet }: EmailFormProps) {
  return (
    <ActionForm
      action={action}
      button="Change address"
      renderSuccess={(sentence) => <Notice tone="success">{sentence}</Notice>}
    >
      <TextField
        autoComplete="email"
        defaultValue={email}
        hint="You sign in with this address"
        label="Email address"
        name="email"
        required
        type="email"
      />
      {isPasswordSet && (
        <TextField
          autoComplete="current-password"
          label="Your password"
          name="currentPassword"
          required
          type="password"
        />
      )}
    </ActionForm>
  );
}
