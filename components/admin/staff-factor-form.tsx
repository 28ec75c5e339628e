import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxField } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';

export function StaffFactorForm({ action, isRequired }: { action: FormAction; isRequired: boolean }) {
  return (
    <ActionForm action={action} button="Save" successNotice="Saved.">
      <CheckboxField
        hint="Those without one lose access to the review and admin pages until they add a passkey or an authenticator app."
        isChecked={isRequired}
        label="Require a second factor for reviewers and admins"
        name="staffNeedFactor"
      />
    </ActionForm>
  );
}
