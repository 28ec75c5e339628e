import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

export function FeaturedTagForm({ action, featuredTag }: { action: FormAction; featuredTag: string | null }) {
  return (
    <ActionForm
      action={action}
      button="Save tag"
      className="max-w-xl gap-3"
      noticePlace="bottom"
      successNotice="Saved."
    >
      <TextField
        defaultValue={featuredTag ?? ''}
        hint="Shown on the page, in the pull command and in badges. Defaults to latest, or else to the most recently pushed tag"
        isCode
        label="Tag"
        maxLength={128}
        name="tag"
      />
    </ActionForm>
  );
}
