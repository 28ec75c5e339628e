'use client';

import type { ReactNode } from 'react';
import { StepForm } from '../../forms/action-form.tsx';
import { ActionState, useFormState } from '../../forms/action-state.tsx';
import { FormFailureNotice } from '../../forms/form-notice.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { SubmitButton } from '../../forms/submit-button.tsx';
import { TextField } from '../../forms/text-field.tsx';
import { countOf, formatCount } from '../../ui/format-number.ts';
import { DeletionConfirmation } from './deletion-confirmation.tsx';
import { SelectAll } from './select-all.tsx';

/** Copied from lib/images/tag-deletion, which would bring zod into the browser. */
export type ChosenTags = { tags: { name: string; digest: string }[]; total: number };

type TagDeletionProps = {
  /** Lists what would be deleted. */
  choose: FormAction<ChosenTags>;
  remove: FormAction;
  restoreDays: number;
  /** The table with a checkbox per tag. */
  children: ReactNode;
};

/** Deletes tags by selection or pattern, after a confirmation that lists them. Works without JavaScript. */
export function TagDeletion({ choose, remove, restoreDays, children }: TagDeletionProps) {
  return (
    <ActionState action={choose}>
      <Steps remove={remove} restoreDays={restoreDays}>
        {children}
      </Steps>
    </ActionState>
  );
}

function Steps({ remove, restoreDays, children }: Omit<TagDeletionProps, 'choose'>) {
  const state = useFormState<ChosenTags>();
  return (
    <div className="flex flex-col gap-6">
      <FormFailureNotice state={state} />
      {state?.ok && (
        <Confirmation
          chosen={state.value}
          key={state.value.tags.map(({ name, digest }) => name + digest).join(' ')}
          remove={remove}
          restoreDays={restoreDays}
        />
      )}
      <StepForm className="gap-3" step="selection">
        {children}
        <div className="flex flex-wrap gap-2">
          <SubmitButton tone="plain">Delete selected tags …</SubmitButton>
          <SelectAll name="tag" />
        </div>
      </StepForm>
      <section className="max-w-xl">
        <h2 className="mb-3 text-lg font-semibold">Delete by pattern</h2>
        <StepForm className="gap-3" step="pattern">
          <TextField
            hint="* matches any characters, ? matches one. You confirm the list before anything is deleted"
            isCode
            label="Pattern"
            maxLength={128}
            name="pattern"
            placeholder="pr-*"
            required
          />
          <div>
            <SubmitButton tone="plain">List matching tags</SubmitButton>
          </div>
        </StepForm>
      </section>
    </div>
  );
}

type ConfirmationProps = Pick<TagDeletionProps, 'remove' | 'restoreDays'> & { chosen: ChosenTags };

function Confirmation({ chosen: { tags, total }, remove, restoreDays }: ConfirmationProps) {
  if (tags.length === 0) {
    return (
      <p className="rounded-md border border-line bg-surface px-3 py-2" role="status">
        No tag matches.
      </p>
    );
  }
  return (
    <DeletionConfirmation
      field={{ name: 'tags', value: JSON.stringify(tags) }}
      items={tags.map(({ name, digest }) => ({ key: name, text: name, title: digest }))}
      label="Tags to delete"
      listLabel="Chosen tags"
      note={
        total > tags.length && (
          <p>
            {formatCount(total)} tags match. These are the first {formatCount(tags.length)}. Repeat this for the others.
          </p>
        )
      }
      remove={remove}
      what={countOf(tags.length, 'tag')}
    >
      Pulls by these tags fail at once. Their images stay and can be pulled by digest.{' '}
      {restoreDays > 0 && `You can restore the tags for ${countOf(restoreDays, 'day')}.`} A tag that moves before you
      confirm stays.
    </DeletionConfirmation>
  );
}
