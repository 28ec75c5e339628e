import type { ReactNode } from 'react';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';

type MailedLinkFormProps = { action: FormAction; secret: string; children: ReactNode };

/** Does what a mailed link is for. A button, because mail scanners and previews open links but press nothing. */
export function MailedLinkForm({ action, secret, children }: MailedLinkFormProps) {
  return (
    <ActionForm action={action} button={children}>
      <input name="secret" type="hidden" value={secret} />
    </ActionForm>
  );
}
