import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

type RegistryProfileFormProps = { action: FormAction; displayName: string; isVerifiedByAdmin: boolean };

export function RegistryProfileForm({ action, displayName, isVerifiedByAdmin }: RegistryProfileFormProps) {
  return (
    <ActionForm action={action} button="Save name" className="gap-3" successNotice="Saved." tone="plain" warnsOfUnsaved>
      <TextField
        defaultValue={displayName}
        hint={
          isVerifiedByAdmin
            ? 'Verified publishers can’t change this. Ask an admin'
            : 'Names similar to another publisher’s are reviewed first'
        }
        label="Publisher name"
        maxLength={100}
        name="displayName"
      />
    </ActionForm>
  );
}
