import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

type SignUpFormProps = {
  action: FormAction;
  callbackUrl: string;
  isNameShown: boolean;
  /** Whether sign-up sends a link, on whose page the password is chosen. */
  isProvenByMail: boolean;
};

export function SignUpForm({ action, callbackUrl, isNameShown, isProvenByMail }: SignUpFormProps) {
  return (
    <ActionForm action={action} button={isProvenByMail ? 'Send link' : 'Create account'}>
      <input name="callbackUrl" type="hidden" value={callbackUrl} />
      <TextField
        autoComplete="name"
        hint={`Shown beside what you publish${isNameShown ? '' : ', once you are verified'}.`}
        label="Name"
        maxLength={100}
        name="displayName"
        required
      />
      <TextField
        autoComplete="username"
        hint={isProvenByMail ? 'We mail you a link. Visitors don’t see the address' : 'Not shown to visitors'}
        label="Email address"
        name="email"
        required
        type="email"
      />
      {!isProvenByMail && (
        <TextField
          autoComplete="new-password"
          hint="At least 10 characters"
          label="Password"
          name="password"
          required
          type="password"
        />
      )}
    </ActionForm>
  );
}
