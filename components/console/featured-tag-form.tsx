'use client';

import { useActionState } from 'react';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

export function FeaturedTagForm({ action, featuredTag }: { action: FormAction; featuredTag: string | null }) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex max-w-xl flex-col gap-3">
      <TextField
        autoCapitalize="off"
        autoComplete="off"
        className="font-mono"
        defaultValue={fieldValue(state, 'tag', featuredTag ?? '')}
        error={fieldError(state, 'tag')}
        hint="What the page, its pull command and its badges show. Empty, or once that tag is gone: latest, else the tag that was pushed last."
        label="Tag"
        maxLength={128}
        name="tag"
        spellCheck={false}
      />
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">Saved. The page shows it now.</Notice>}
      <div>
        <SubmitButton>Feature it</SubmitButton>
      </div>
    </form>
  );
}
