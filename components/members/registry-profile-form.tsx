'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type RegistryProfileFormProps = { action: FormAction; displayName: string; isVerified: boolean };

export function RegistryProfileForm({ action, displayName, isVerified }: RegistryProfileFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-3">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">Saved.</Notice>}
      <TextField
        defaultValue={fieldValue(state, 'displayName', displayName)}
        error={fieldError(state, 'displayName')}
        hint={
          isVerified
            ? 'It was verified: an admin of the site changes it.'
            : 'Once you are verified, an admin changes it.'
        }
        label="Publisher name"
        maxLength={100}
        name="displayName"
      />
      <div>
        <SubmitButton tone="plain">Save the name</SubmitButton>
      </div>
    </form>
  );
}
