'use client';

import { MAX_KEYS_LENGTH } from '#lib/identity/federation/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';

export function ProviderForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Add identity provider" successNotice="Identity provider saved.">
      <TextField
        hint="As in the claim iss of its tokens, such as https://token.actions.githubusercontent.com"
        isCode
        label="Issuer"
        maxLength={255}
        name="issuer"
        required
        type="url"
      />
      <TextAreaField
        className="font-mono text-sm"
        defaultValue="sts.amazonaws.com"
        hint="One a line. A token must be for one of them"
        label="Audiences"
        name="audiences"
        required
        rows={2}
        spellCheck={false}
      />
      <TextAreaField
        className="font-mono text-sm"
        hint="A JSON Web Key Set, if this site can’t reach the issuer. Optional"
        label="Keys"
        maxLength={MAX_KEYS_LENGTH}
        name="keySet"
        rows={3}
        spellCheck={false}
      />
    </ActionForm>
  );
}
