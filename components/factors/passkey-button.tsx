'use client';

import { ActionState, useFormState } from '../forms/action-state.tsx';
import { FormFailureNotice } from '../forms/form-notice.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { usePasskey, type PasskeyOptions } from './use-passkey.ts';

type PasskeyButtonProps = {
  action: FormAction;
  getOptions: () => Promise<PasskeyOptions>;
  callbackUrl: string;
  children: string;
};

/** Signs in with a passkey, alone or as second factor. */
export function PasskeyButton({ action, ...button }: PasskeyButtonProps) {
  return (
    <ActionState action={action}>
      <Button {...button} />
    </ActionState>
  );
}

function Button({ getOptions, callbackUrl, children }: Omit<PasskeyButtonProps, 'action'>) {
  const state = useFormState();
  const { problem, isBusy, start } = usePasskey({ kind: 'use', getOptions });
  const ask = () => {
    const fields = new FormData();
    fields.set('callbackUrl', callbackUrl);
    start(fields);
  };
  return (
    <div className="flex flex-col items-start gap-3">
      {problem ? <Notice tone="error">{problem}</Notice> : <FormFailureNotice state={state} />}
      <button className="button" disabled={isBusy} onClick={ask} type="button">
        {children}
      </button>
      <noscript>
        <p className="text-sm text-muted">Passkeys need JavaScript.</p>
      </noscript>
    </div>
  );
}
