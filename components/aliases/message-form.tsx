import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextAreaField } from '../forms/text-area-field.tsx';

type MessageFormProps = { action: FormAction; label: string; hint: string; button: string };

export function MessageForm({ action, label, hint, button }: MessageFormProps) {
  return (
    <ActionForm action={action} button={button} className="gap-3" tone="plain">
      <TextAreaField hint={hint} label={label} maxLength={4000} name="message" required rows={4} />
    </ActionForm>
  );
}
