'use client';

import { useActionState } from 'react';
import { fieldId, FieldFrame, TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction, type FormState } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type Choice = { value: string; text: string };

type ReservedNameFormProps = { action: FormAction<string>; kinds: Choice[]; matches: Choice[] };

export function ReservedNameForm({ action, kinds, matches }: ReservedNameFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">{state.value} is reserved now.</Notice>}
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField
          autoCapitalize="off"
          className="font-mono"
          defaultValue={fieldValue(state, 'name')}
          error={fieldError(state, 'name')}
          label="Name"
          maxLength={50}
          name="name"
          required
          spellCheck={false}
        />
        <Choose choices={kinds} initial="brand" label="Kind" name="kind" state={state} />
        <Choose choices={matches} initial="folded" label="Covers" name="match" state={state} />
      </div>
      <TextField
        defaultValue={fieldValue(state, 'reason')}
        error={fieldError(state, 'reason')}
        hint="Whoever asks for the name reads it."
        label="Reason"
        maxLength={500}
        name="reason"
        required
      />
      <TextField
        defaultValue={fieldValue(state, 'source')}
        error={fieldError(state, 'source')}
        hint="Where the entry comes from; left empty, your name."
        label="Source"
        maxLength={200}
        name="source"
      />
      <div>
        <SubmitButton>Reserve it</SubmitButton>
      </div>
    </form>
  );
}

type ChooseProps = { label: string; name: string; choices: Choice[]; initial: string; state: FormState<string> };

function Choose({ label, name, choices, initial, state }: ChooseProps) {
  const chosen = fieldValue(state, name, initial);
  return (
    <FieldFrame error={fieldError(state, name)} label={label} name={name}>
      <select className="control" defaultValue={chosen} id={fieldId(name)} key={chosen} name={name}>
        {choices.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}
