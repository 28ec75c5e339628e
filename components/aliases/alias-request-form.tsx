'use client';

import { useActionState, useEffect, useState } from 'react';
import type { CheckResult, Verdict } from '#lib/aliases/schema.ts';
import { TextArea, TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { SubmitButton } from '../ui/submit-button.tsx';
import { CheckList } from './check-list.tsx';

export type LiveCheck = { verdict: Verdict; needsTwo: boolean; checks: CheckResult[] };

type AliasRequestFormProps = {
  action: FormAction;
  /** The very checks that submitting runs. */
  check: (name: string) => Promise<LiveCheck>;
};

const DEBOUNCE_MS = 250;

export function AliasRequestForm({ action, check }: AliasRequestFormProps) {
  const [state, send] = useActionState(action, null);
  const [name, setName] = useState(fieldValue(state, 'name'));
  const result = useLiveCheck(name, check);
  return (
    <form action={send} className="flex flex-col gap-5">
      <FormFailureNotice state={state} />
      <div className="flex flex-col gap-2">
        <TextField
          autoCapitalize="off"
          autoComplete="off"
          className="font-mono"
          defaultValue={fieldValue(state, 'name')}
          error={fieldError(state, 'name')}
          hint="2 to 50 lower-case letters and digits, with single . _ or - between them."
          label="Alias"
          maxLength={50}
          name="name"
          onChange={(event) => setName(event.target.value)}
          required
          spellCheck={false}
        />
        <div aria-live="polite" className="min-h-6">
          {result && (
            <CheckList
              checks={result.checks.filter(({ verdict }) => verdict !== 'pass' || result.verdict === 'pass')}
            />
          )}
          {result?.needsTwo && <p className="mt-2 text-sm text-muted">Two reviewers have to agree on this name.</p>}
        </div>
      </div>
      <TextArea
        defaultValue={fieldValue(state, 'purpose')}
        error={fieldError(state, 'purpose')}
        hint="Who you are and what the name is for. Reviewers read it."
        label="Purpose"
        maxLength={2000}
        name="purpose"
        required
        rows={4}
      />
      <TextArea
        defaultValue={fieldValue(state, 'links')}
        error={fieldError(state, 'links') ?? fieldError(state, 'links.0')}
        hint="Pages that show the name is yours, one https:// address a line."
        label="Links"
        name="links"
        rows={3}
      />
      <div className="flex flex-wrap gap-2">
        <SubmitButton>Ask for it</SubmitButton>
        <button className="button" name="draft" type="submit" value="1">
          Keep as a draft
        </button>
      </div>
    </form>
  );
}

/** Null until something was typed. Of answers that overtake each other only that to the last name counts. */
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
        // The check is a help: submitting runs it again, and tells of a failure.
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
