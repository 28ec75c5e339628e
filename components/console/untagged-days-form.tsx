import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

export function UntaggedDaysForm({ action, untaggedDays }: { action: FormAction; untaggedDays: number | null }) {
  return (
    <ActionForm
      action={action}
      button="Save rule"
      className="max-w-xl gap-3"
      noticePlace="bottom"
      successNotice="Saved."
    >
      <TextField
        autoComplete="off"
        defaultValue={untaggedDays === null ? '' : String(untaggedDays)}
        hint="Leave empty to keep untagged manifests. Manifests listed by an index or attached to an image are always kept"
        inputMode="numeric"
        label="Days until deletion"
        maxLength={4}
        name="days"
      />
    </ActionForm>
  );
}
