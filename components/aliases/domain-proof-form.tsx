import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';

const METHODS = [
  { value: 'dns', text: 'a TXT record in its DNS' },
  { value: 'well_known', text: 'a file on its web site' },
];

export function DomainProofForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Get a challenge" tone="plain">
      <TextField hint="A domain that is yours, such as example.org." isCode label="Domain" name="domain" required />
      <SelectField choices={METHODS} defaultValue="dns" label="Show it by" name="method" />
    </ActionForm>
  );
}
