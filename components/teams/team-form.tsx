'use client';

import { MAX_ROBOT_NAME_LENGTH } from '#lib/access/schema.ts';
import { MAX_ROBOT_DESCRIPTION_LENGTH } from '#lib/publishers/robots/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';

export function CreateTeamForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Create team">
      <TextField
        hint="Lowercase letters, digits, dots, hyphens and underscores. It can’t be changed"
        isCode
        label="Name"
        maxLength={MAX_ROBOT_NAME_LENGTH}
        name="name"
        required
      />
      <DescriptionField description="" />
    </ActionForm>
  );
}

export function TeamSettingsForm({ action, description }: { action: FormAction; description: string }) {
  return (
    <ActionForm action={action} button="Save team" successNotice="Saved." tone="plain">
      <DescriptionField description={description} />
    </ActionForm>
  );
}

function DescriptionField({ description }: { description: string }) {
  return (
    <TextField
      defaultValue={description}
      hint="Optional"
      label="Description"
      maxLength={MAX_ROBOT_DESCRIPTION_LENGTH}
      name="description"
    />
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
