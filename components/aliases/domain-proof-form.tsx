import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';

const METHODS = [
  { value: 'dns', text: 'DNS TXT record' },
  { value: 'well_known', text: 'File on the website' },
];

export function DomainProofForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Get challenge" tone="plain">
      <TextField hint="A domain you control, such as example.org" isCode label="Domain" name="domain" required />
      <SelectField choices={METHODS} defaultValue="dns" label="Method" name="method" />
    </ActionForm>
  );
}
