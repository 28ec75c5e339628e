'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

export type NewRecoveryCodes = { recoveryCodes: string[] };

type RecoveryCodesFormProps = { action: FormAction<NewRecoveryCodes>; site: string };

export function RecoveryCodesForm({ action, site }: RecoveryCodesFormProps) {
  return (
    <ActionForm
      action={action}
      button="Create new codes"
      isOneShot
      isSmall
      renderSuccess={({ recoveryCodes }) => <RecoveryCodes codes={recoveryCodes} site={site} />}
      tone="plain"
    />
  );
}
