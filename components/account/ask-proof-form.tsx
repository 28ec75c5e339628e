import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';

export function AskProofForm({ action, email }: { action: FormAction; email: string }) {
  return (
    <div className="mt-2">
      <ActionForm
        action={action}
        button="Send link"
        isOneShot
        isSmall
        successNotice={`Link sent to ${email}. It works once, for 24 hours.`}
        tone="plain"
      />
    </div>
  );
}
