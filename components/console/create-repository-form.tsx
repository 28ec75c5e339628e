'use client';

import { useActionState } from 'react';
import { fieldId, FieldFrame, TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

type CreateRepositoryFormProps = { action: FormAction; host: string; aliases: string[] };

const CHOICES = [
  {
    value: 'public',
    title: 'Public',
    text: 'Anyone can find and pull it. It shows in the gallery with the first push.',
  },
  { value: 'private', title: 'Private', text: 'Only members of the registry know of it and can pull it.' },
];

export function CreateRepositoryForm({ action, host, aliases }: CreateRepositoryFormProps) {
  const [state, send] = useActionState(action, null);
  const visibility = fieldValue(state, 'visibility', 'public');
  const nameError = fieldError(state, 'name');
  return (
    <form action={send} className="flex flex-col gap-5">
      <FormFailureNotice state={state} />
      {aliases.length > 1 ? (
        <FieldFrame label="Alias" name="alias">
          <select
            className="control"
            defaultValue={fieldValue(state, 'alias', aliases[0])}
            id={fieldId('alias')}
            name="alias"
          >
            {aliases.map((alias) => (
              <option key={alias}>{alias}</option>
            ))}
          </select>
        </FieldFrame>
      ) : (
        <input name="alias" type="hidden" value={aliases[0]} />
      )}
      <TextField
        autoCapitalize="off"
        autoComplete="off"
        className="font-mono"
        defaultValue={fieldValue(state, 'name')}
        error={nameError}
        hint={
          <>
            Lower-case letters, digits and single <code className="font-mono">. _ - /</code> between them. Its address:
            <span className="block font-mono break-all">
              {host}/{aliases.length === 1 ? aliases[0] : 'ALIAS'}/NAME
            </span>
          </>
        }
        label="Name"
        maxLength={200}
        name="name"
        required
        spellCheck={false}
      />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">Visibility</legend>
        {CHOICES.map(({ value, title, text }) => (
          <label className="flex gap-2.5 rounded-md border border-line p-3 has-checked:border-accent" key={value}>
            <input
              className="mt-1 accent-accent"
              defaultChecked={visibility === value}
              name="visibility"
              type="radio"
              value={value}
            />
            <span>
              <span className="block font-medium">{title}</span>
              <span className="text-sm text-muted">{text}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <TextField
        defaultValue={fieldValue(state, 'description')}
        error={fieldError(state, 'catalogData.description')}
        hint="One line, shown in search results. Can be changed at any time."
        label="Description"
        maxLength={1024}
        name="description"
      />
      <div>
        <SubmitButton>Make the repository</SubmitButton>
      </div>
    </form>
  );
}
