'use client';

import { useEffect, useState } from 'react';
import type { CheckResult, Verdict } from '#lib/aliases/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { useFieldValue } from '../forms/action-state.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { CheckList } from './check-list.tsx';

export type LiveCheck = { verdict: Verdict; needsTwo: boolean; checks: CheckResult[] };

type AliasRequestFormProps = {
  action: FormAction;
  /** The draft to edit. */
  draft?: { name: string; purpose: string; links: string[] };
  /** Runs the same checks as submitting. */
  check: (name: string) => Promise<LiveCheck>;
};

const DEBOUNCE_MS = 250;

export function AliasRequestForm({ action, check, draft }: AliasRequestFormProps) {
  return (
    <ActionForm
      action={action}
      button={draft ? 'Submit request' : 'Request alias'}
      noticePlace="bottom"
      successNotice={draft ? 'Draft saved.' : undefined}
      warnsOfUnsaved
      className="gap-5"
      otherButtons={
        <button className="button" name="draft" type="submit" value="1">
          Save draft
        </button>
      }
    >
      <CheckedNameField check={check} initialName={draft?.name} />
      <TextAreaField
        defaultValue={draft?.purpose}
        hint="Who you are and what you need the name for"
        label="Purpose"
        maxLength={2000}
        name="purpose"
        required
        rows={4}
      />
      <TextAreaField
        defaultValue={draft?.links.join('\n')}
        hint="Pages that show the name is yours, one https:// URL per line"
        label="Links"
        name="links"
        rows={3}
      />
    </ActionForm>
  );
}

type CheckedNameFieldProps = Pick<AliasRequestFormProps, 'check'> & { initialName?: string };

function CheckedNameField({ check, initialName }: CheckedNameFieldProps) {
  const [name, setName] = useState(useFieldValue('name', initialName));
  const result = useLiveCheck(name, check);
  return (
    <div className="flex flex-col gap-2">
      <TextField
        defaultValue={initialName}
        hint="2 to 50 lowercase letters and digits, separated by single . _ or -"
        isCode
        label="Alias"
        maxLength={50}
        name="name"
        onChange={(event) => setName(event.target.value)}
        required
      />
      <div aria-live="polite" className="min-h-6">
        {result && (
          <CheckList checks={result.checks.filter(({ verdict }) => verdict !== 'pass' || result.verdict === 'pass')} />
        )}
        {result?.needsTwo && <p className="mt-2 text-sm text-muted">Two reviewers must agree on this name.</p>}
      </div>
    </div>
  );
}

/** Checks the name as the user types. Ignores outdated responses. */
function useLiveCheck(name: string, check: AliasRequestFormProps['check']): LiveCheck | null {
  const [answer, setAnswer] = useState<{ name: string; result: LiveCheck } | null>(null);
  useEffect(() => {
    if (name.trim() === '') return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      check(name).then(
        (result) => {
          if (isCurrent) setAnswer({ name, result });
        },
        // Ignored, because submitting runs the checks again.
        () => undefined,
      );
    }, DEBOUNCE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [name, check]);
  return name.trim() !== '' && answer?.name === name ? answer.result : null;
}
