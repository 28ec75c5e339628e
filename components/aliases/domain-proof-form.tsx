'use client';

import { useActionState } from 'react';
import { fieldId, FieldFrame, TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

export function DomainProofForm({ action }: { action: FormAction }) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      <TextField
        autoCapitalize="off"
        className="font-mono"
        defaultValue={fieldValue(state, 'domain')}
        error={fieldError(state, 'domain')}
        hint="A domain that is yours, such as example.org."
        label="Domain"
        name="domain"
        required
        spellCheck={false}
      />
      <FieldFrame label="Show it by" name="method">
        <select
          className="control"
          defaultValue={fieldValue(state, 'method', 'dns')}
          id={fieldId('method')}
          name="method"
        >
          <option value="dns">a TXT record in its DNS</option>
          <option value="well_known">a file on its web site</option>
        </select>
      </FieldFrame>
      <div>
        <SubmitButton tone="plain">Get a challenge</SubmitButton>
      </div>
    </form>
  );
}
