import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';

type SavedReplyFormProps = { action: FormAction; reply: { title: string; body: string }; button: string };

export function SavedReplyForm({ action, reply, button }: SavedReplyFormProps) {
  return (
    <ActionForm action={action} button={button} className="max-w-xl gap-4" successNotice="Saved." warnsOfUnsaved>
      <TextField
        defaultValue={reply.title}
        hint="Shown in the list of saved replies"
        label="Title"
        maxLength={80}
        name="title"
        required
      />
      <TextAreaField defaultValue={reply.body} label="Message" maxLength={4000} name="body" required rows={5} />
    </ActionForm>
  );
}
