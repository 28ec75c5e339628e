import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

type FinishSignUpFormProps = { action: FormAction; secret: string; email: string; displayName: string };

export function FinishSignUpForm({ action, secret, email, displayName }: FinishSignUpFormProps) {
  return (
    <ActionForm action={action} button="Create account">
      <input name="secret" type="hidden" value={secret} />
      {/* For password managers. */}
      <input autoComplete="username" name="email" readOnly type="hidden" value={email} />
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
