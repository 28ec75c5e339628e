'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField, type Choice } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { Notice } from '../ui/notice.tsx';

type ReservedNameFormProps = { action: FormAction<string>; kinds: Choice[]; matches: Choice[] };

export function ReservedNameForm({ action, kinds, matches }: ReservedNameFormProps) {
  return (
    <ActionForm
      action={action}
      button="Reserve name"
      fold={{ summary: 'Reserve a name', isLink: true, className: 'pt-3' }}
      renderSuccess={(name) => <Notice tone="success">{name} is reserved.</Notice>}
    >
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField isCode label="Name" maxLength={50} name="name" required />
        <SelectField choices={kinds} defaultValue="brand" label="Kind" name="kind" />
        <SelectField choices={matches} defaultValue="folded" label="Covers" name="match" />
      </div>
      <TextField hint="Shown to anyone who requests the name" label="Reason" maxLength={500} name="reason" required />
      <TextField
        hint="Where the entry comes from. Defaults to your name"
        label="Source"
        maxLength={200}
        name="source"
      />
    </ActionForm>
  );
}
