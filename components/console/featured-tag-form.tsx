import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

export function FeaturedTagForm({ action, featuredTag }: { action: FormAction; featuredTag: string | null }) {
  return (
    <ActionForm
      action={action}
      button="Feature it"
      className="max-w-xl gap-3"
      noticePlace="bottom"
      successNotice="Saved. The page shows it now."
    >
      <TextField
        defaultValue={featuredTag ?? ''}
        hint="What the page, its pull command and its badges show. Empty, or once that tag is gone: latest, else the tag that was pushed last."
        isCode
        label="Tag"
        maxLength={128}
        name="tag"
      />
    </ActionForm>
  );
}
