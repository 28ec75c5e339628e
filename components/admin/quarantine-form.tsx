'use client';

import { ActionForm } from '../forms/action-form.tsx';
import { useFormState } from '../forms/action-state.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { Notice } from '../ui/notice.tsx';

type QuarantineFormProps = { action: FormAction<string>; repository: string };

export function QuarantineForm({ action, repository }: QuarantineFormProps) {
  return (
    <ActionForm
      action={action}
      button="Quarantine repository"
      renderSuccess={(name) => <Notice tone="success">{name} is quarantined.</Notice>}
      tone="danger"
    >
      <RepositoryField repository={repository} />
      <TextField
        hint="One line, shown to the publisher and to anyone who pulls"
        label="Reason"
        maxLength={500}
        name="reason"
        required
      />
    </ActionForm>
  );
}

/** Starts with the repository from the URL, and is empty after a success. */
function RepositoryField({ repository }: { repository: string }) {
  const state = useFormState<string>();
  return (
    <TextField
      defaultValue={state?.ok ? '' : repository}
      hint="ALIAS/NAME, with any of its aliases"
      isCode
      key={state?.ok ? state.value : repository}
      label="Repository"
      maxLength={300}
      name="repository"
      required
    />
  );
}
