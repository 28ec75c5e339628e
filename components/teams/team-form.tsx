'use client';

import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { DescriptionField, NewNameField } from '../forms/naming-fields.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';

export function CreateTeamForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Create team">
      <NewNameField />
      <DescriptionField />
    </ActionForm>
  );
}

/** `candidates`: suggested names and addresses. */
export function AddTeamMemberForm({ action, candidates }: { action: FormAction; candidates: string[] }) {
  return (
    <ActionForm action={action} button="Add member" className="gap-3" tone="plain">
      <TextField
        hint="The email address of a member of the registry, or the name of a robot"
        isCode
        label="Member"
        list="candidates"
        maxLength={255}
        name="member"
        required
      />
      <datalist id="candidates">
        {candidates.map((candidate) => (
          <option key={candidate} value={candidate} />
        ))}
      </datalist>
    </ActionForm>
  );
}

export function TeamGroupsForm({ action, groups }: { action: FormAction; groups: string[] }) {
  return (
    <ActionForm action={action} button="Save groups" successNotice="Saved." tone="plain">
      <TextAreaField
        className="font-mono text-sm"
        defaultValue={groups.join('\n')}
        hint="One a line, as in the token"
        label="Groups"
        name="groups"
        rows={4}
        spellCheck={false}
      />
    </ActionForm>
  );
}
