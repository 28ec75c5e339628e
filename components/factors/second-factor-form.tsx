import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { TotpField } from './totp-field.tsx';

type SecondFactorFormProps = { action: FormAction; callbackUrl: string; kind: 'totp' | 'recovery_code' };

export function SecondFactorForm({ action, callbackUrl, kind }: SecondFactorFormProps) {
  return (
    <ActionForm action={action} button="Sign in">
      <input name="callbackUrl" type="hidden" value={callbackUrl} />
      <input name="kind" type="hidden" value={kind} />
      {kind === 'totp' ? (
        <TotpField hint="Six digits from your authenticator app" />
      ) : (
        <TextField
          className="max-w-64"
          hint="One of the codes you saved, such as x4kd-9mvw-h2pr-7tqa"
          isCode
          label="Recovery code"
          maxLength={40}
          name="code"
          required
        />
      )}
    </ActionForm>
  );
}
