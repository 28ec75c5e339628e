'use client';

import { JOIN_ROLES } from '#lib/identity/groups/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { DescriptionField, NewNameField } from '../forms/naming-fields.tsx';
import { SelectField } from '../forms/select-field.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { ROLE_TEXTS } from '../members/invite-form.tsx';

export function CreateTeamForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Create team">
      <NewNameField />
      <DescriptionField />
    </ActionForm>
  );
}

const JOINING = JOIN_ROLES.map((value) => ({ value, text: ROLE_TEXTS[value] }));

type TeamSettingsFormProps = { action: FormAction; description: string; joinRole: string };

export function TeamSettingsForm({ action, description, joinRole }: TeamSettingsFormProps) {
  return (
    <ActionForm action={action} button="Save team" successNotice="Saved." tone="plain">
      <DescriptionField description={description} />
      <SelectField
        choices={JOINING}
        defaultValue={joinRole}
        hint="Of users whom a group of the identity provider lets in. Takes effect at their next sign-in"
        label="Role in the registry"
        name="joinRole"
      />
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
