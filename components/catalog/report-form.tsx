'use client';

import { useActionState } from 'react';
import { fieldId, FieldFrame, TextArea, TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type ReportFormProps = {
  action: FormAction<string>;
  /** `ALIAS` or `ALIAS/NAME`; empty: to be filled in. */
  target: string;
  reasons: { value: string; text: string }[];
  maxLength: number;
};

export function ReportForm({ action, target, reasons, maxLength }: ReportFormProps) {
  const [state, send] = useActionState(action, null);
  if (state?.ok) {
    return (
      <Notice tone="success">
        Thank you. The people who run this site will look at <span className="font-mono">{state.value}</span>.
      </Notice>
    );
  }
  const reason = fieldValue(state, 'reason');
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      <TextField
        autoCapitalize="off"
        className="font-mono"
        defaultValue={fieldValue(state, 'target', target)}
        error={fieldError(state, 'target')}
        hint="A publisher’s alias, or ALIAS/NAME of a repository."
        label="Page"
        maxLength={300}
        name="target"
        required
        spellCheck={false}
      />
      <FieldFrame error={fieldError(state, 'reason')} label="What is wrong with it" name="reason">
        <select className="control" defaultValue={reason} id={fieldId('reason')} key={reason} name="reason" required>
          <option value="">Choose …</option>
          {reasons.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </FieldFrame>
      <TextArea
        defaultValue={fieldValue(state, 'text')}
        error={fieldError(state, 'text')}
        hint="Where you saw it and how you know. Links help."
        label="In your words"
        maxLength={maxLength}
        name="text"
        required
        rows={6}
      />
      <TextField
        autoComplete="email"
        defaultValue={fieldValue(state, 'email')}
        error={fieldError(state, 'email')}
        hint="For questions; may be left empty. The publisher does not learn it."
        label="Your e-mail address"
        maxLength={254}
        name="email"
        type="email"
      />
      <div>
        <SubmitButton>Report it</SubmitButton>
      </div>
    </form>
  );
}
