'use client';

import { ActionState, useFormState } from '../forms/action-state.tsx';
import { FormFailureNotice } from '../forms/form-notice.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { FactorAdded, type AddedFactor } from './totp-form.tsx';
import { usePasskey, type NewPasskeyOptions } from './use-passkey.ts';

type AddPasskeyFormProps = {
  action: FormAction<AddedFactor>;
  getOptions: () => Promise<NewPasskeyOptions>;
  /** The browser and system, which is what people call the passkey. */
  suggestedName: string;
  site: string;
};

/** Adds a passkey. Then shows recovery codes, if these are the first. */
export function AddPasskeyForm({ action, ...form }: AddPasskeyFormProps) {
  return (
    <ActionState action={action}>
      <Form {...form} />
    </ActionState>
  );
}

function Form({ getOptions, suggestedName, site }: Omit<AddPasskeyFormProps, 'action'>) {
  const state = useFormState<AddedFactor>();
  const { problem, isBusy, start } = usePasskey({ kind: 'create', getOptions });
  if (state?.ok) return <FactorAdded added={state.value} notice="Passkey added." site={site} />;
  return (
    <form
      className="flex flex-col items-start gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        start(new FormData(event.currentTarget));
      }}
    >
      {problem ? <Notice tone="error">{problem}</Notice> : <FormFailureNotice state={state} />}
      <label className="flex w-full max-w-72 flex-col gap-1 font-medium">
        Name of the new passkey
        <input className="control font-normal" defaultValue={suggestedName} maxLength={60} name="name" required />
      </label>
      <button className="button button-primary" disabled={isBusy} type="submit">
        Add passkey
      </button>
      <noscript>
        <p className="text-sm text-muted">Passkeys need JavaScript.</p>
      </noscript>
    </form>
  );
}
