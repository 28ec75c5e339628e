import { TAG_MUTABILITY_LABELS } from '#lib/repositories/tag-mutability/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { RadioField } from '../forms/radio-field.tsx';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';

type CreateRepositoryFormProps = {
  action: FormAction;
  host: string;
  aliases: string[];
  alias?: string | undefined;
  /** Repositories can have KMS keys. */
  hasKms: boolean;
};

const VISIBILITIES = [
  {
    value: 'public',
    title: 'Public',
    text: 'Anyone can find and pull it. It appears in the gallery after the first push.',
  },
  { value: 'private', title: 'Private', text: 'Only members of the registry can see and pull it.' },
];

const ENCRYPTIONS = [
  { value: 'AES256', text: 'Key of this site (AES256)' },
  { value: 'KMS', text: 'KMS key' },
];

/** Exceptions are set later. */
const MUTABILITIES = [
  { value: 'mutable', text: TAG_MUTABILITY_LABELS.mutable },
  { value: 'immutable', text: TAG_MUTABILITY_LABELS.immutable },
] as const;

export function CreateRepositoryForm({ action, host, aliases, alias = aliases[0], hasKms }: CreateRepositoryFormProps) {
  return (
    <ActionForm action={action} button="Create repository" className="gap-5" warnsOfUnsaved>
      {aliases.length > 1 ? (
        <SelectField
          choices={aliases.map((value) => ({ value, text: value }))}
          defaultValue={alias}
          label="Alias"
          name="alias"
        />
      ) : (
        <input name="alias" type="hidden" value={aliases[0]} />
      )}
      <TextField
        hint={
          <>
            Lowercase letters and digits, separated by single{' '}
            <code className="font-mono whitespace-nowrap">. _ - /</code>
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
      <SelectField
        choices={[...MUTABILITIES]}
        className="max-w-52"
        defaultValue="mutable"
        hint="Whether a push can overwrite a tag. You can change it and add exceptions under Settings"
        label="Tag mutability"
        name="tagMutability"
      />
      <TextField
        errorKeys={['catalogData.description']}
        hint="One line, shown in search results. You can change it at any time"
        label="Description"
        maxLength={1024}
        name="description"
      />
      {hasKms && (
        <>
          <SelectField
            choices={ENCRYPTIONS}
            className="max-w-60"
            defaultValue="AES256"
            hint="What encrypts the layers. You can’t change it later"
            label="Encryption"
            name="encryption"
          />
          <TextField
            hint="ID, ARN or alias, for encryption with a KMS key. Leave this empty for the site’s KMS key"
            isCode
            label="KMS key"
            maxLength={2048}
            name="kmsKey"
          />
        </>
      )}
    </ActionForm>
  );
}
