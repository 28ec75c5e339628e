'use client';

import type { Restored } from '#lib/repositories/deletions/restore-content.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Notice } from '../ui/notice.tsx';

type RestoreFormProps = {
  action: FormAction<Restored>;
  /** What comes back, for screen readers. */
  about: string;
};

/** The row stays until the page is loaded again, and shows the outcome. */
export function RestoreForm({ action, about }: RestoreFormProps) {
  return (
    <ActionForm
      action={action}
      button={
        <>
          Restore<span className="sr-only"> {about}</span>
        </>
      }
      className="max-w-96 gap-2"
      isOneShot
      isSmall
      renderSuccess={({ skippedTags }) => (
        <Notice tone="success">
          Restored.
          {skippedTags.length > 0 && ` These tags were recreated and stay as they are: ${skippedTags.join(', ')}.`}
        </Notice>
      )}
      tone="plain"
    />
  );
}
