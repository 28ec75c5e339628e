'use client';

import { StepForm } from '../forms/action-form.tsx';
import { ActionState, useFormState } from '../forms/action-state.tsx';
import { FormFailureNotice } from '../forms/form-notice.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SubmitButton } from '../forms/submit-button.tsx';
import { CodeLine } from '../ui/code-line.tsx';
import { Notice } from '../ui/notice.tsx';
import { dockerLoginLine, environmentLines, type AwsAddress } from './access-key-lines.ts';

export type NewAccessKey = { accessKeyId: string; secretAccessKey: string };

type CreateAccessKeyFormProps = {
  action: FormAction<NewAccessKey>;
  address: AwsAddress;
  /** Whether the holder has as many keys as they may. */
  isFull: boolean;
  max: number;
  /** Set if it is a robot. */
  robot?: string;
};

/** Shows the secret of a new key in place of the form, because it can't be shown again. */
export function CreateAccessKeyForm({ action, ...body }: CreateAccessKeyFormProps) {
  return (
    <ActionState action={action}>
      <Body {...body} />
    </ActionState>
  );
}

function Body({ address, isFull, max, robot }: Omit<CreateAccessKeyFormProps, 'action'>) {
  const state = useFormState<NewAccessKey>();
  if (state?.ok) return <Secret address={address} accessKey={state.value} />;
  if (isFull) {
    return (
      <p className="text-muted">
        {robot === undefined ? 'You have' : `${robot} has`} {max} access keys, which is the limit. Delete one to create
        another.
      </p>
    );
  }
  return (
    <StepForm>
      <FormFailureNotice state={state} />
      <div>
        <SubmitButton>Create access key</SubmitButton>
      </div>
    </StepForm>
  );
}

function Secret({ accessKey, address }: { accessKey: NewAccessKey; address: AwsAddress }) {
  const { accessKeyId, secretAccessKey } = accessKey;
  return (
    <div className="flex flex-col gap-3">
      <Notice tone="success">
        <p className="font-medium">Access key created. Copy the secret now, because it won’t be shown again.</p>
      </Notice>
      <Line code={accessKeyId} label="Access key ID" />
      <Line code={secretAccessKey} label="Secret access key" />
      <Line code={environmentLines(accessKey, address)} label="Environment variables" />
      <Line code={dockerLoginLine(address)} label="Docker login" />
    </div>
  );
}

function Line({ label, code }: { label: string; code: string }) {
  return (
    <div>
      <p className="mb-1 text-sm font-medium">{label}</p>
      <CodeLine code={code} label={`Copy ${label.charAt(0).toLowerCase()}${label.slice(1)}`} />
    </div>
  );
}
