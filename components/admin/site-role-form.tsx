'use client';

import { useActionState } from 'react';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import type { FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';

type SiteRoleFormProps = { action: FormAction; role: string; roles: readonly string[]; about: string };

export function SiteRoleForm({ action, role, roles, about }: SiteRoleFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-2">
      <FormFailureNotice state={state} />
      <div className="flex items-center gap-2">
        <select
          aria-label={`Role of ${about}`}
          className="control w-28"
          defaultValue={role}
          // A select that was sent goes back to what it was drawn with: draw it anew when the role has changed.
          key={role}
          name="role"
        >
          {roles.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
        <SubmitButton isSmall tone="plain">
          Change
        </SubmitButton>
      </div>
    </form>
  );
}
