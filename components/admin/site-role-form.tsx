'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';

type SiteRoleFormProps = { action: FormAction; role: string; roles: readonly string[]; about: string };

export function SiteRoleForm({ action, role, roles, about }: SiteRoleFormProps) {
  return (
    <ActionForm
      action={action}
      button="Change role"
      className="gap-2"
      isSmall
      successNotice="Role changed."
      tone="plain"
    >
      <select
        aria-label={`Role of ${about}`}
        className="control w-28"
        defaultValue={role}
        // A reset form goes back to what the select was created with, so it is created again when the role has changed.
        key={role}
        name="role"
      >
        {roles.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    </ActionForm>
  );
}
