'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { OneTimeLink, type ShownLink } from './one-time-link.tsx';

/** Gives an admin a link that sets a user's password. */
export function ResetLinkForm({ action, about }: { action: FormAction<ShownLink>; about: string }) {
  return (
    <ActionForm
      action={action}
      button="Create link"
      className="gap-2"
      fold={{
        summary: (
          <>
            Reset password …<span className="sr-only"> {about}</span>
          </>
        ),
        className: 'mt-2 w-80 max-w-full',
      }}
      isSmall
      renderSuccess={(link) => <OneTimeLink link={link} />}
      tone="plain"
    />
  );
}
