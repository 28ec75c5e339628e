'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextAreaField } from '../forms/text-area-field.tsx';

type PicksFormProps = { action: FormAction; picks: string[]; max: number };

export function PicksForm({ action, picks, max }: PicksFormProps) {
  return (
    <ActionForm action={action} button="Save picks" successNotice="Picks saved.">
      <TextAreaField
        autoCapitalize="off"
        className="font-mono text-sm"
        defaultValue={picks.join('\n')}
        hint={`One ALIAS/NAME per line, at most ${max}. The home page shows the first six`}
        label="Repositories"
        name="picks"
        rows={5}
        spellCheck={false}
      />
    </ActionForm>
  );
}
