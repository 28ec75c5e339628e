'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

type SignUpFormProps = {
  action: FormAction;
  callbackUrl: string;
  isNameShown: boolean;
  /** Then a link is mailed, and the password is chosen there. */
  isProvenByMail: boolean;
};

export function SignUpForm({ action, callbackUrl, isNameShown, isProvenByMail }: SignUpFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      <input name="callbackUrl" type="hidden" value={callbackUrl} />
      <TextField
        autoComplete="name"
        defaultValue={fieldValue(state, 'displayName')}
        error={fieldError(state, 'displayName')}
        hint={`Shown beside what you publish${isNameShown ? '' : ', once you are verified'}.`}
        label="Name"
        maxLength={100}
        name="displayName"
        required
      />
      <TextField
        autoComplete="username"
        defaultValue={fieldValue(state, 'email')}
        error={fieldError(state, 'email')}
        hint={isProvenByMail ? 'We mail you a link. Visitors don’t see the address' : 'Not shown to visitors'}
        label="E-mail address"
        name="email"
        required
        type="email"
      />
      {!isProvenByMail && (
        <TextField
          autoComplete="new-password"
          error={fieldError(state, 'password')}
          hint="At least 10 characters."
          label="Password"
          name="password"
          required
          type="password"
        />
      )}
      <div>
        <SubmitButton>{isProvenByMail ? 'Send link' : 'Create account'}</SubmitButton>
      </div>
    </form>
  );
}
