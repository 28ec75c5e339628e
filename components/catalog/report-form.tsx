'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField, type Choice } from '../forms/select-field.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { Notice } from '../ui/notice.tsx';

type ReportFormProps = {
  action: FormAction<string>;
  /** `ALIAS` or `ALIAS/NAME`; empty: to be filled in. */
  target: string;
  reasons: Choice[];
  maxLength: number;
};

export function ReportForm({ action, target, reasons, maxLength }: ReportFormProps) {
  return (
    <ActionForm
      action={action}
      button="Report it"
      isOneShot
      renderSuccess={(reported) => (
        <Notice tone="success">
          Thank you. The people who run this site will look at <span className="font-mono">{reported}</span>.
        </Notice>
      )}
    >
      <TextField
        defaultValue={target}
        hint="A publisher’s alias, or ALIAS/NAME of a repository."
        isCode
        label="Page"
        maxLength={300}
        name="target"
        required
      />
      <SelectField choices={reasons} label="What is wrong with it" name="reason" placeholder="Choose …" required />
      <TextAreaField
        hint="Where you saw it and how you know. Links help."
        label="In your words"
        maxLength={maxLength}
        name="text"
        required
        rows={6}
      />
      <TextField
        autoComplete="email"
        hint="For questions; may be left empty. The publisher does not learn it."
        label="Your e-mail address"
        maxLength={254}
        name="email"
        type="email"
      />
    </ActionForm>
  );
}
