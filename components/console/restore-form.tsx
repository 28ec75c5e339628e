'use client';

import { useActionState } from 'react';
import type { Restored } from '#lib/repositories/deletions/restore-content.ts';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import type { FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type RestoreFormProps = {
  action: FormAction<Restored>;
  /** What comes back, for those who hear the page. */
  about: string;
};

/** The row stays until the page is loaded again, and says what became of it. */
export function RestoreForm({ action, about }: RestoreFormProps) {
  const [state, send] = useActionState(action, null);
  if (state?.ok) {
    const { skippedTags } = state.value;
    return (
      <Notice tone="success">
        It is back.
        {skippedTags.length > 0 && ` Made again meanwhile, and left as they are: ${skippedTags.join(', ')}.`}
      </Notice>
    );
  }
  return (
    <form action={send} className="flex max-w-96 flex-col gap-2">
      <FormFailureNotice state={state} />
      <div>
        <SubmitButton isSmall tone="plain">
          Restore<span className="sr-only"> {about}</span>
        </SubmitButton>
      </div>
    </form>
  );
}
