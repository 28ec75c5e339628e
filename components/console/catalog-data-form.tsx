'use client';

import { useActionState } from 'react';
import type { CatalogData } from '#lib/repositories/schema.ts';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, fieldValues, type FormAction, type FormState } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';
import { MarkdownField } from './markdown-field.tsx';

/** Ready-made choices; a label that was set by other means stays. */
const OPERATING_SYSTEMS = ['Linux', 'Windows'];
const ARCHITECTURES = ['x86-64', 'ARM 64', 'ARM', 'x86'];

type CatalogDataFormProps = {
  action: FormAction;
  catalogData: CatalogData;
  /** What the texts look like now. */
  rendered: { aboutText: string; usageText: string };
  preview: (text: string) => Promise<string>;
};

export function CatalogDataForm({ action, catalogData, rendered, preview }: CatalogDataFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-6">
      <div className="max-w-xl">
        <TextField
          defaultValue={fieldValue(state, 'description', catalogData.description)}
          error={fieldError(state, 'description')}
          hint="One line, shown in search results."
          label="Description"
          maxLength={1024}
          name="description"
        />
      </div>
      <MarkdownField
        error={fieldError(state, 'aboutText')}
        initialHtml={rendered.aboutText}
        initialText={catalogData.aboutText}
        label="About"
        name="aboutText"
        preview={preview}
      />
      <MarkdownField
        error={fieldError(state, 'usageText')}
        initialHtml={rendered.usageText}
        initialText={catalogData.usageText}
        label="Usage"
        name="usageText"
        preview={preview}
      />
      <div className="flex flex-wrap gap-x-12 gap-y-4">
        <Labels
          choices={OPERATING_SYSTEMS}
          current={catalogData.operatingSystems}
          name="operatingSystems"
          state={state}
          title="Operating systems"
        />
        <Labels
          choices={ARCHITECTURES}
          current={catalogData.architectures}
          name="architectures"
          state={state}
          title="Architectures"
        />
      </div>
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">Saved. The page shows it now, search in a few seconds.</Notice>}
      <div>
        <SubmitButton>Save</SubmitButton>
      </div>
    </form>
  );
}

type LabelsProps = { title: string; name: string; choices: string[]; current: string[]; state: FormState };

function Labels({ title, name, choices, current, state }: LabelsProps) {
  const chosen = fieldValues(state, name, current);
  return (
    <fieldset>
      <legend className="mb-1 font-medium">{title}</legend>
      <div className="flex flex-wrap gap-x-4">
        {[...new Set([...choices, ...current])].map((choice) => (
          <label className="flex min-h-8 items-center gap-2" key={choice}>
            <input
              className="size-4 accent-accent"
              defaultChecked={chosen.includes(choice)}
              name={name}
              type="checkbox"
              value={choice}
            />
            {choice}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
