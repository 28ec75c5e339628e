'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type RegistryProfileFormProps = { action: FormAction; displayName: string; isVerifiedByAdmin: boolean };

export function RegistryProfileForm({ action, displayName, isVerifiedByAdmin }: RegistryProfileFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-3">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">Saved.</Notice>}
      <TextField
        defaultValue={fieldValue(state, 'displayName', displayName)}
        error={fieldError(state, 'displayName')}
        hint={
          isVerifiedByAdmin
            ? 'Verified publishers can’t change this. Ask an admin.'
            : 'Names that could be taken for somebody else’s are reviewed first.'
        }
        label="Publisher name"
        maxLength={100}
        name="displayName"
      />
      <div>
        <SubmitButton tone="plain">Save name</SubmitButton>
      </div>
    </form>
  );
}
