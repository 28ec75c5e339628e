import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxField } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

export function PasswordForm({ action, isPasswordSet }: { action: FormAction; isPasswordSet: boolean }) {
  return (
    <ActionForm action={action} button="Set password" successNotice="Password saved. All other sessions have ended.">
      {isPasswordSet && (
        <TextField
          autoComplete="current-password"
          label="Current password"
          name="currentPassword"
          required
          type="password"
        />
      )}
      <TextField
        autoComplete="new-password"
        hint="At least 10 characters. Signs you out everywhere else."
        label="New password"
        name="newPassword"
        required
        type="password"
      />
      <CheckboxField
        hint="Do this if someone else may know the password. It also deletes your access keys and the URL of your private feed."
        label="Revoke all access tokens too"
        name="endsAccessTokens"
      />
    </ActionForm>
  );
}
