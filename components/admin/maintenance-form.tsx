import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxField } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

type MaintenanceFormProps = { action: FormAction; isReadOnly: boolean; note: string };

export function MaintenanceForm({ action, isReadOnly, note }: MaintenanceFormProps) {
  return (
    <ActionForm action={action} button="Save maintenance mode" successNotice="Saved.">
      <CheckboxField
        hint="Requests in progress finish. Every replica follows within a second."
        isChecked={isReadOnly}
        label="Make the site read-only"
        name="isReadOnly"
      />
      <TextField
        defaultValue={note}
        hint="Optional. Shown to those whose changes are refused, such as when the maintenance ends"
        label="Note"
        name="note"
      />
    </ActionForm>
  );
}
