'use client';

import type { ImportReport } from '#lib/aliases/reserved/import-reserved-names.ts';
import { StepForm } from '../forms/action-form.tsx';
import { ActionState, useFormState } from '../forms/action-state.tsx';
import { FileField } from '../forms/file-field.tsx';
import { FormFailureNotice } from '../forms/form-notice.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SubmitButton } from '../forms/submit-button.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { RESERVED_NAMES } from '../links.ts';
import { countOf } from '../ui/format-number.ts';
import { Notice } from '../ui/notice.tsx';

export type ImportPreview = { csv: string; isDone: boolean; report: ImportReport };

const MAX_SHOWN = 200;
/** The action's own limit. Next rejects bodies of more than twice as much. */
const MAX_FILE_BYTES = 400_000;

export function ImportForm({ action }: { action: FormAction<ImportPreview> }) {
  return (
    <ActionState action={action}>
      <Steps />
    </ActionState>
  );
}

function Steps() {
  const state = useFormState<ImportPreview>();
  const preview = state?.ok ? state.value : null;
  const lines = preview?.isDone === false ? preview.csv : undefined;
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <FormFailureNotice state={state} />
      {preview?.isDone ? (
        <Notice tone="success">
          {countOf(preview.report.added, 'name')} added.{' '}
          <a className="underline" href={RESERVED_NAMES}>
            View reserved names
          </a>
        </Notice>
      ) : (
        preview && <DryRun report={preview.report} />
      )}
      <StepForm className="gap-4">
        <FileField
          accept=".csv,text/csv"
          hint="At most 400 kB. Split longer lists, or use the API"
          label="CSV file"
          maxBytes={MAX_FILE_BYTES}
          name="file"
          tooLargeMessage="The file is larger than 400 kB. Split it into parts."
        />
        <TextAreaField
          className="font-mono text-sm"
          // Lines that can't be read are corrected here. A reset form goes back to what the field was created with.
          defaultValue={lines}
          key={lines}
          label="CSV lines"
          name="text"
          placeholder={'name,kind,match,reason,source\nexample,brand,folded,The name of a company.,our list'}
          rows={5}
          spellCheck={false}
        />
        <div>
          <SubmitButton tone={preview ? 'plain' : 'primary'}>Preview import</SubmitButton>
        </div>
      </StepForm>
    </div>
  );
}

/** A preview of the import with a confirm button. */
function DryRun({ report }: { report: ImportReport }) {
  const { added, known, problems, collisions } = report;
  return (
    <section aria-labelledby="dry-run" className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-4">
      <h2 className="text-lg font-semibold" id="dry-run">
        Import preview
      </h2>
      <p role="status">
        {problems.length > 0
          ? `The import can’t run because ${countOf(problems.length, 'line')} can’t be read.`
          : `The import adds ${countOf(added, 'name')}. ${known === 1 ? '1 is' : `${known} are`} already reserved.`}
      </p>
      {problems.length > 0 && (
        <Lines title="Problems" lines={problems.map(({ line, problem }) => `Line ${line}: ${problem}`)} />
      )}
      {collisions.length > 0 && (
        <Lines
          lines={collisions.map(({ name, alias }) => `${name} covers the alias ${alias}`)}
          title="Aliases in use that match new entries. They stay, but similar names are refused"
        />
      )}
      {problems.length === 0 && added > 0 && (
        <StepForm step="confirm">
          <div>
            <SubmitButton>{`Add ${countOf(added, 'name')}`}</SubmitButton>
          </div>
        </StepForm>
      )}
    </section>
  );
}

function Lines({ title, lines }: { title: string; lines: string[] }) {
  return (
    <div>
      <h3 className="mb-1 font-medium">{title}</h3>
      <ul className="flex max-h-64 flex-col gap-0.5 overflow-y-auto font-mono text-sm" tabIndex={0}>
        {lines.slice(0, MAX_SHOWN).map((line) => (
          <li className="break-words" key={line}>
            {line}
          </li>
        ))}
        {lines.length > MAX_SHOWN && <li>and {lines.length - MAX_SHOWN} more</li>}
      </ul>
    </div>
  );
}
