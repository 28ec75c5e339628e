import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { FORGOT_PASSWORD } from '../links.ts';

export function SignInForm({ action, callbackUrl }: { action: FormAction; callbackUrl: string }) {
  return (
    <ActionForm
      action={action}
      button="Sign in"
      otherButtons={
        <a className="link self-center text-sm" href={FORGOT_PASSWORD}>
          Forgot your password?
        </a>
      }
    >
      <input name="callbackUrl" type="hidden" value={callbackUrl} />
      <TextField autoComplete="username" label="Email address" name="email" required type="email" />
      <TextField autoComplete="current-password" label="Password" name="password" required type="password" />
    </ActionForm>
  );
}
