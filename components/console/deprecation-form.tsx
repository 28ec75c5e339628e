import type { Deprecation } from '#lib/repositories/deprecation/deprecation.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';

type DeprecationFormProps = { save: FormAction; remove: FormAction; fullName: string; deprecation: Deprecation | null };

export function DeprecationForm({ save, remove, fullName, deprecation }: DeprecationFormProps) {
  return (
    <div className="flex max-w-xl flex-col gap-4">
      <ActionForm
        action={save}
        button={deprecation ? 'Save notice' : 'Deprecate repository'}
        noticePlace="bottom"
        successNotice="Saved. The notice is on its page."
        tone="plain"
        warnsOfUnsaved
      >
        <TextAreaField
          defaultValue={deprecation?.text}
          dir="auto"
          hint="Why, and what to do instead. Shown at the top of its page. Pulls and pushes keep working"
          label="Notice"
          maxLength={500}
          name="text"
          required
          rows={3}
        />
        <TextField
          defaultValue={deprecation?.successor}
          hint="ALIAS/NAME, or HOST/NAME for another registry. Optional"
          isCode
          label="Successor"
          maxLength={300}
          name="successor"
        />
        <TextField
          defaultValue={deprecation?.endsOn}
          hint="Optional"
          label="End of support"
          name="endsOn"
          type="date"
        />
      </ActionForm>
      {deprecation && (
        <ConfirmedButtonForm about={fullName} action={remove} button="Remove notice" summary="Remove notice" />
      )}
    </div>
  );
}
