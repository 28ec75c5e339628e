import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

export function UntaggedDaysForm({ action, untaggedDays }: { action: FormAction; untaggedDays: number | null }) {
  return (
    <ActionForm
      action={action}
      button="Save the rule"
      className="max-w-xl gap-3"
      noticePlace="bottom"
      successNotice="Saved."
    >
      <TextField
        autoComplete="off"
        defaultValue={untaggedDays === null ? '' : String(untaggedDays)}
        hint="Empty: they are kept for good, and whoever pulls by digest finds them. What an index lists and what is attached to an image that is here stays in any case."
        inputMode="numeric"
        label="Days until they are deleted"
        maxLength={4}
        name="days"
      />
    </ActionForm>
  );
}
