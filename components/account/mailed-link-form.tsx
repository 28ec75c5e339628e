'use client';

import { useActionState, type ReactNode } from 'react';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import type { FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

type MailedLinkFormProps = { action: FormAction; secret: string; children: ReactNode };

/** Does what a mailed link is for. A button, because mail scanners and previews open links but press nothing. */
export function MailedLinkForm({ action, secret, children }: MailedLinkFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      <input name="secret" type="hidden" value={secret} />
      <div>
        <SubmitButton>{children}</SubmitButton>
      </div>
    </form>
  );
}
