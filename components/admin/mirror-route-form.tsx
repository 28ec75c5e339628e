'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

/** Answers the host. */
export function MirrorRouteForm({ action }: { action: FormAction<string> }) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">{state.value} is answered for now.</Notice>}
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          autoCapitalize="off"
          className="font-mono"
          defaultValue={fieldValue(state, 'host')}
          error={fieldError(state, 'host')}
          hint="Whose names: docker.io, or * for aliases that are unknown here."
          label="Host"
          maxLength={300}
          name="host"
          required
          spellCheck={false}
        />
        <TextField
          autoCapitalize="off"
          className="font-mono"
          defaultValue={fieldValue(state, 'alias')}
          error={fieldError(state, 'alias')}
          hint="One that mirrors that host as a whole, in its console."
          label="Alias of the registry that answers"
          maxLength={100}
          name="alias"
          required
          spellCheck={false}
        />
      </div>
      <div>
        <SubmitButton>Let it answer</SubmitButton>
      </div>
    </form>
  );
}
