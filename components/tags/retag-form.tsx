import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

const SUGGESTIONS = 'retag-sources';

/** @param tags suggestions */
export function RetagForm({ action, tags }: { action: FormAction; tags: string[] }) {
  return (
    <ActionForm action={action} button="Add tag" successNotice="Tag added." tone="plain">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          hint="An existing tag or a digest"
          isCode
          label="Image"
          list={SUGGESTIONS}
          maxLength={200}
          name="source"
          required
        />
        <TextField
          hint="An existing tag moves to this image"
          isCode
          label="New tag"
          maxLength={128}
          name="tag"
          required
        />
      </div>
      <datalist id={SUGGESTIONS}>
        {tags.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </ActionForm>
  );
}
