'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField, type Choice } from '../forms/select-field.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { Notice } from '../ui/notice.tsx';

type ReportFormProps = {
  action: FormAction<string>;
  /** `ALIAS`, `ALIAS/NAME`, or empty for the user to fill in. */
  target: string;
  reasons: Choice[];
  maxLength: number;
};

export function ReportForm({ action, target, reasons, maxLength }: ReportFormProps) {
  return (
    <ActionForm
      action={action}
      button="Send report"
      isOneShot
      renderSuccess={(reported) => (
        <Notice tone="success">
          Thank you. The operator of this site will review <span className="font-mono">{reported}</span>.
        </Notice>
      )}
    >
      <TextField
        defaultValue={target}
        hint="A publisher’s alias, or ALIAS/NAME of a repository"
        isCode
        label="Page"
        maxLength={300}
        name="target"
        required
      />
      <SelectField choices={reasons} label="Reason" name="reason" placeholder="Choose …" required />
      <TextAreaField
        hint="What you saw and where. Links help"
        label="Details"
        maxLength={maxLength}
        name="text"
        required
        rows={6}
      />
      <TextField
        autoComplete="email"
        hint="Optional, in case we have questions. The publisher doesn’t see it"
        label="Your email address"
        maxLength={254}
        name="email"
        type="email"
      />
    </ActionForm>
  );
}
