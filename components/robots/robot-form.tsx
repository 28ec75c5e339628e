'use client';

import { MAX_ROBOT_NAME_LENGTH } from '#lib/access/schema.ts';
import { MAX_ROBOT_DESCRIPTION_LENGTH, ROBOT_ROLES, type RobotRole } from '#lib/publishers/robots/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { ROLE_TEXTS } from '../members/invite-form.tsx';

export const ROBOT_ROLE_TEXTS: Record<RobotRole, string> = {
  maintainer: 'Maintainer: full access except to people, robots and credentials',
  pusher: ROLE_TEXTS.pusher,
  reader: ROLE_TEXTS.reader,
  none: ROLE_TEXTS.none,
};
const ROLES = ROBOT_ROLES.map((value) => ({ value, text: ROBOT_ROLE_TEXTS[value] }));

export function CreateRobotForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Create robot">
      <TextField
        autoCapitalize="none"
        autoComplete="off"
        hint="Lowercase letters, digits, dots, hyphens and underscores. It can’t be changed"
        isCode
        label="Name"
        maxLength={MAX_ROBOT_NAME_LENGTH}
        name="name"
        required
        spellCheck={false}
      />
      <RoleField role="pusher" />
      <DescriptionField description="" />
    </ActionForm>
  );
}

type RobotSettingsFormProps = { action: FormAction; role: string; description: string };

export function RobotSettingsForm({ action, role, description }: RobotSettingsFormProps) {
  return (
    <ActionForm action={action} button="Save robot" successNotice="Saved." tone="plain">
      <RoleField role={role} />
      <DescriptionField description={description} />
    </ActionForm>
  );
}

function RoleField({ role }: { role: string }) {
  return <SelectField choices={ROLES} defaultValue={role} label="Role" name="role" />;
}

function DescriptionField({ description }: { description: string }) {
  return (
    <TextField
      defaultValue={description}
      hint="Where it runs, such as “GitHub Actions of acme/web”. Optional"
      label="Description"
      maxLength={MAX_ROBOT_DESCRIPTION_LENGTH}
      name="description"
    />
  );
}
