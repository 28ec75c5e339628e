'use client';

import type { ReactNode } from 'react';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { SECURITY } from '../links.ts';
import { Notice } from '../ui/notice.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

export type AddedFactor = { recoveryCodes: string[] | null };

type TotpFormProps = {
  action: FormAction<AddedFactor>;
  site: string;
  /** How to add the account to the app. */
  children: ReactNode;
};

/** Confirms an authenticator app. Then shows recovery codes, if these are the first. */
export function TotpForm({ action, site, children }: TotpFormProps) {
  return (
    <ActionForm
      action={action}
      button="Confirm code"
      isOneShot
      renderSuccess={(added) => <FactorAdded added={added} notice="Authenticator app added." site={site} />}
    >
      {children}
      <TextField
        autoComplete="one-time-code"
        className="max-w-40 tracking-widest"
        hint="The six digits that the app shows"
        inputMode="numeric"
        isCode
        label="Code"
        maxLength={10}
        name="code"
        required
      />
    </ActionForm>
  );
}

type FactorAddedProps = { added: AddedFactor; notice: string; site: string };

export function FactorAdded({ added: { recoveryCodes }, notice, site }: FactorAddedProps) {
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="success">
        {notice} {recoveryCodes && 'From now on, a password alone no longer signs you in.'}
      </Notice>
      {recoveryCodes && <RecoveryCodes codes={recoveryCodes} site={site} />}
      <p>
        <a className="link" href={SECURITY}>
          {recoveryCodes ? 'I’ve saved the codes' : 'Back to passkeys and second factors'}
        </a>
      </p>
    </div>
  );
}
