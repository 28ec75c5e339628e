import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { MailedLinkFields } from './mailed-link-fields.tsx';

type FinishSignUpFormProps = { action: FormAction; secret: string; email: string; displayName: string };

export function FinishSignUpForm({ action, secret, email, displayName }: FinishSignUpFormProps) {
  return (
    <ActionForm action={action} button="Create account">
      <MailedLinkFields email={email} secret={secret} />
      <TextField
        autoComplete="name"
        defaultValue={displayName}
        label="Name"
        maxLength={100}
        name="displayName"
        required
      />
      <TextField
        autoComplete="new-password"
        hint="At least 10 characters"
        label="Password"
        name="password"
        required
        type="password"
      />
    </ActionForm>
  );
}
