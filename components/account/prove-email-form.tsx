'use client';

import { useActionState } from 'react';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import type { FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

/** A button, because mail scanners and previews open links but press nothing. */
export function ProveEmailForm({ action, secret }: { action: FormAction; secret: string }) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      <input name="secret" type="hidden" value={secret} />
      <div>
        <SubmitButton>Confirm address</SubmitButton>
      </div>
    </form>
  );
}
