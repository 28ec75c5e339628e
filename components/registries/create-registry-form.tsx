import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

export function CreateRegistryForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Create registry" successNotice="Registry created.">
      <TextField
        hint="It gets a default alias. You can request a custom one"
        label="Display name"
        maxLength={100}
        name="displayName"
        required
      />
    </ActionForm>
  );
}
