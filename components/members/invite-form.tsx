'use client';

import { useActionState } from 'react';
import { REGISTRY_ROLES, type RegistryRole } from '#lib/access/schema.ts';
import { CodeLine } from '../ui/code-line.tsx';
import { FieldFrame, TextField, fieldId } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

export type NewInvitation = { email: string; link: string; isEmailSent: boolean };

export const ROLE_TEXTS: Record<RegistryRole, string> = {
  owner: 'owner: everything, also owners',
  maintainer: 'maintainer: everything but owners',
  pusher: 'pusher: pushes to what is there',
  reader: 'reader: pulls what is private',
};

export function InviteForm({ action }: { action: FormAction<NewInvitation> }) {
  const [state, send] = useActionState(action, null);
  const role = fieldValue(state, 'role', 'pusher');
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Invitation invitation={state.value} />}
      <TextField
        defaultValue={fieldValue(state, 'email')}
        error={fieldError(state, 'email')}
        label="E-mail address"
        name="email"
        required
        type="email"
      />
      <FieldFrame label="As" name="role">
        <select className="control" defaultValue={role} id={fieldId('role')} key={role} name="role">
          {REGISTRY_ROLES.map((value) => (
            <option key={value} value={value}>
              {ROLE_TEXTS[value]}
            </option>
          ))}
        </select>
      </FieldFrame>
      <div>
        <SubmitButton>Invite</SubmitButton>
      </div>
    </form>
  );
}

function Invitation({ invitation: { email, link, isEmailSent } }: { invitation: NewInvitation }) {
  return (
    <div className="flex flex-col gap-2">
      <Notice tone="success">
        {isEmailSent ? `${email} gets this link by e-mail. ` : `No e-mail was sent: give ${email} this link. `}
        It is shown this once, and whoever has it can join.
      </Notice>
      <CodeLine code={link} label="Copy the invitation link" />
    </div>
  );
}
