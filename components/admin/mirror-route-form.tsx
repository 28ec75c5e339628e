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
      button="Add host"
      renderSuccess={(host) => <Notice tone="success">{host} added.</Notice>}
    >
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          hint="Such as docker.io, or * for unknown aliases"
          isCode
          label="Host"
          maxLength={300}
          name="host"
          required
        />
        <TextField
          hint="A registry that mirrors the whole host"
          isCode
          label="Registry alias"
          maxLength={100}
          name="alias"
          required
        />
      </div>
    </ActionForm>
  );
}
