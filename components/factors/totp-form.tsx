'use client';

import type { ReactNode } from 'react';
import { StepForm } from '../forms/action-form.tsx';
import { ActionState, useFormState } from '../forms/action-state.tsx';
import { FormFailureNotice } from '../forms/form-notice.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SubmitButton } from '../forms/submit-button.tsx';
import { SECURITY } from '../links.ts';
import { Notice } from '../ui/notice.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { TotpField } from './totp-field.tsx';

export type AddedFactor = { recoveryCodes: string[] | null };

type TotpFormProps = {
  action: FormAction<AddedFactor>;
  site: string;
  /** Whether there is an app to confirm. */
  isOpen: boolean;
  /** How to add the account to the app. */
  children: ReactNode;
};

/** Confirms an authenticator app. Then shows recovery codes, if these are the first. */
export function TotpForm({ action, ...form }: TotpFormProps) {
  return (
    <ActionState action={action}>
      <ConfirmCode {...form} />
    </ActionState>
  );
}

function ConfirmCode({ site, isOpen, children }: Omit<TotpFormProps, 'action'>) {
  const state = useFormState<AddedFactor>();
  if (state?.ok) return <FactorAdded added={state.value} notice="Authenticator app added." site={site} />;
  if (!isOpen) return children;
  return (
    <StepForm className="gap-4">
      <FormFailureNotice state={state} />
      {children}
      <TotpField hint="The six digits that the app shows" />
      <div>
        <SubmitButton>Confirm code</SubmitButton>
      </div>
    </StepForm>
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
