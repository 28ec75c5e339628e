import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxField } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { MailedLinkFields } from './mailed-link-fields.tsx';

type ResetPasswordFormProps = { action: FormAction; secret: string; email: string; isTakeOver: boolean };

export function ResetPasswordForm({ action, secret, email, isTakeOver }: ResetPasswordFormProps) {
  return (
    <ActionForm action={action} button="Set password">
      <MailedLinkFields email={email} secret={secret} />
      <TextField
        autoComplete="new-password"
        hint="At least 10 characters. Signs you out everywhere"
        label="New password"
        name="password"
        required
        type="password"
      />
      {!isTakeOver && (
        <CheckboxField
          hint="Do this if someone else may know the password. It also deletes your access keys and the URL of your private feed."
          label="Revoke all access tokens too"
          name="endsAccessTokens"
        />
      )}
    </ActionForm>
  );
}
