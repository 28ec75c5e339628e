import type { DigestChoice } from '#lib/following/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';

const CHOICES = [
  { value: 'off', text: 'Off' },
  { value: 'daily', text: 'Daily' },
  { value: 'weekly', text: 'Weekly' },
] satisfies { value: DigestChoice; text: string }[];

export function DigestForm({ action, choice }: { action: FormAction; choice: DigestChoice }) {
  return (
    <ActionForm
      action={action}
      button="Save"
      className="gap-3"
      isSmall
      noticePlace="bottom"
      successNotice="Saved."
      tone="plain"
    >
      <SelectField
        choices={CHOICES}
        defaultValue={choice}
        hint="Sent only if something happened"
        label="Email digest"
        name="period"
      />
    </ActionForm>
  );
}
