'use client';

import { useActionState } from 'react';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import type { FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

type PlainActionFormProps = {
  action: FormAction;
  button: string;
  tone: 'primary' | 'plain' | 'danger';
  isSmall?: boolean;
};

/** One button, and the sentence for when it is refused. */
export function PlainActionForm({ action, button, tone, isSmall }: PlainActionFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-3">
      <FormFailureNotice state={state} />
      <div>
        <SubmitButton isSmall={isSmall} tone={tone}>
          {button}
        </SubmitButton>
      </div>
    </form>
  );
}
