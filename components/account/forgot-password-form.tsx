import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

export function ForgotPasswordForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Send link">
      <TextField autoComplete="username" label="Email address" name="email" required type="email" />
    </ActionForm>
  );
}
