'use client';

import { MAX_POLICY_LENGTH } from '#lib/access/attached/schema.ts';
import { ActionForm } from '../../forms/action-form.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { DescriptionField } from '../../forms/naming-fields.tsx';
import { TextAreaField } from '../../forms/text-area-field.tsx';
import { TextField } from '../../forms/text-field.tsx';

const ROWS = 14;

export function CreateManagedPolicyForm({ action, text }: { action: FormAction; text: string }) {
  return (
    <ActionForm action={action} button="Create policy" noticePlace="bottom">
      <TextField hint="It can’t be changed" isCode label="Name" maxLength={128} name="name" required />
      <DescriptionField />
      <TextAreaField
        className="font-mono text-sm"
        defaultValue={text}
        hint="JSON in the grammar of AWS IAM, without Principal"
        label="Policy"
        maxLength={MAX_POLICY_LENGTH}
        name="policy"
        required
        rows={ROWS}
        spellCheck={false}
      />
    </ActionForm>
  );
}

export function ManagedPolicySettingsForm({ action, description }: { action: FormAction; description: string }) {
  return (
    <ActionForm action={action} button="Save description" successNotice="Saved." tone="plain">
      <DescriptionField description={description} />
    </ActionForm>
  );
}
