'use client';

import { useActionState } from 'react';
import { TextArea, TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';
import { Notice } from '../ui/notice.tsx';

type SavedReplyFormProps = { action: FormAction; reply: { title: string; body: string }; button: string };

export function SavedReplyForm({ action, reply, button }: SavedReplyFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex max-w-xl flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">Saved.</Notice>}
      <TextField
        defaultValue={fieldValue(state, 'title', reply.title)}
        error={fieldError(state, 'title')}
        hint="What reviewers choose it by."
        label="Title"
        maxLength={80}
        name="title"
        required
      />
      <TextArea
        defaultValue={fieldValue(state, 'body', reply.body)}
        error={fieldError(state, 'body')}
        label="Message"
        maxLength={4000}
        name="body"
        required
        rows={5}
      />
      <div>
        <SubmitButton>{button}</SubmitButton>
      </div>
    </form>
  );
}
