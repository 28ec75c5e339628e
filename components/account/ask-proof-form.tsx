'use client';

import { useActionState } from 'react';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import type { FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

export function AskProofForm({ action, email }: { action: FormAction; email: string }) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="mt-2 flex flex-col gap-3">
      <FormFailureNotice state={state} />
      {state?.ok ? (
        <Notice tone="success">Link sent to {email}. It works once, for 24 hours.</Notice>
      ) : (
        <div>
          <SubmitButton isSmall tone="plain">
            Send link
          </SubmitButton>
        </div>
      )}
    </form>
  );
}
