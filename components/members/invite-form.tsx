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
  owner: 'owner: everything, also owners',
  maintainer: 'maintainer: everything but owners',
  pusher: 'pusher: pushes to what is there',
  reader: 'reader: pulls what is private',
};

export function InviteForm({ action }: { action: FormAction<NewInvitation> }) {
  return (
    <ActionForm action={action} button="Invite" renderSuccess={(invitation) => <Invitation invitation={invitation} />}>
      <TextField label="E-mail address" name="email" required type="email" />
      <SelectField
        choices={REGISTRY_ROLES.map((value) => ({ value, text: ROLE_TEXTS[value] }))}
        defaultValue="pusher"
        label="As"
        name="role"
      />
    </ActionForm>
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
