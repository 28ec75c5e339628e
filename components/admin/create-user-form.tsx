'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { OneTimeLink, type ShownLink } from './one-time-link.tsx';

type CreateUserFormProps = { action: FormAction<ShownLink>; roles: readonly string[] };

export function CreateUserForm({ action, roles }: CreateUserFormProps) {
  return (
    <ActionForm
      action={action}
      button="Create account"
      fold={{ summary: 'Create an account', isLink: true, className: 'pt-3' }}
      renderSuccess={(link) => <OneTimeLink link={link} />}
    >
      <div className="grid items-start gap-4 sm:grid-cols-3">
        <TextField label="Name" maxLength={100} name="displayName" required />
        <TextField autoComplete="off" label="Email address" maxLength={254} name="email" required type="email" />
        <SelectField
          choices={roles.map((role) => ({ value: role, text: role }))}
          defaultValue="user"
          label="Role"
          name="role"
        />
      </div>
    </ActionForm>
  );
}
