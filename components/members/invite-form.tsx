'use client';

import { REGISTRY_ROLES, type RegistryRole } from '#lib/access/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { CodeLine } from '../ui/code-line.tsx';
import { Notice } from '../ui/notice.tsx';

export type NewInvitation = { email: string; link: string; isEmailSent: boolean };

export const ROLE_TEXTS: Record<RegistryRole, string> = {
  owner: 'Owner: full access, can manage owners',
  maintainer: 'Maintainer: full access except managing owners',
  pusher: 'Pusher: push to existing repositories',
  reader: 'Reader: pull private repositories',
  none: 'No role: only what policies allow',
};

export function InviteForm({ action }: { action: FormAction<NewInvitation> }) {
  return (
    <ActionForm
      action={action}
      button="Send invitation"
      renderSuccess={(invitation) => <Invitation invitation={invitation} />}
    >
      <TextField label="Email address" name="email" required type="email" />
      <SelectField
        choices={REGISTRY_ROLES.map((value) => ({ value, text: ROLE_TEXTS[value] }))}
        defaultValue="pusher"
        label="Role"
        name="role"
      />
    </ActionForm>
  );
}

function Invitation({ invitation: { email, link, isEmailSent } }: { invitation: NewInvitation }) {
  return (
    <div className="flex flex-col gap-2">
      <Notice tone="success">
        {isEmailSent ? `We sent this link to ${email}. ` : `No email was sent, so give this link to ${email}. `}
        It won’t be shown again, and anyone who has it can join.
      </Notice>
      <CodeLine code={link} label="Copy invitation link" />
    </div>
  );
}
