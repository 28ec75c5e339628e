'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { Notice } from '../ui/notice.tsx';

/** The action returns the host. */
export function MirrorRouteForm({ action }: { action: FormAction<string> }) {
  return (
    <ActionForm
      action={action}
      button="Let it answer"
      renderSuccess={(host) => <Notice tone="success">{host} is answered for now.</Notice>}
    >
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          hint="Whose names: docker.io, or * for aliases that are unknown here."
          isCode
          label="Host"
          maxLength={300}
          name="host"
          required
        />
        <TextField
          hint="One that mirrors that host as a whole, in its console."
          isCode
          label="Alias of the registry that answers"
          maxLength={100}
          name="alias"
          required
        />
      </div>
    </ActionForm>
  );
}
