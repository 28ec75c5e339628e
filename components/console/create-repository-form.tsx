import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { RadioField } from '../forms/radio-field.tsx';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';

type CreateRepositoryFormProps = { action: FormAction; host: string; aliases: string[] };

const VISIBILITIES = [
  {
    value: 'public',
    title: 'Public',
    text: 'Anyone can find and pull it. It shows in the gallery with the first push.',
  },
  { value: 'private', title: 'Private', text: 'Only members of the registry know of it and can pull it.' },
];

export function CreateRepositoryForm({ action, host, aliases }: CreateRepositoryFormProps) {
  return (
    <ActionForm action={action} button="Make the repository" className="gap-5">
      {aliases.length > 1 ? (
        <SelectField
          choices={aliases.map((value) => ({ value, text: value }))}
          defaultValue={aliases[0]}
          label="Alias"
          name="alias"
        />
      ) : (
        <input name="alias" type="hidden" value={aliases[0]} />
      )}
      <TextField
        hint={
          <>
            Lower-case letters, digits and single <code className="font-mono">. _ - /</code> between them. Its address:
            <span className="block font-mono break-all">
              {host}/{aliases.length === 1 ? aliases[0] : 'ALIAS'}/NAME
            </span>
          </>
        }
        isCode
        label="Name"
        maxLength={200}
        name="name"
        required
      />
      <RadioField choices={VISIBILITIES} defaultValue="public" label="Visibility" name="visibility" />
      <TextField
        errorKeys={['catalogData.description']}
        hint="One line, shown in search results. Can be changed at any time."
        label="Description"
        maxLength={1024}
        name="description"
      />
    </ActionForm>
  );
}
