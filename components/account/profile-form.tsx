import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

type ProfileFormProps = { action: FormAction; displayName: string };

export function ProfileForm({ action, displayName }: ProfileFormProps) {
  return (
    <ActionForm action={action} button="Save profile" successNotice="Profile saved.">
      <TextField
        autoComplete="name"
        defaultValue={displayName}
        label="Name"
        maxLength={100}
        name="displayName"
        required
      />
    </ActionForm>
  );
}
