'use client';

import { ROBOT_ROLES, type RobotRole } from '#lib/publishers/robots/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { DescriptionField, NewNameField } from '../forms/naming-fields.tsx';
import { SelectField } from '../forms/select-field.tsx';
import { ROLE_TEXTS } from '../members/invite-form.tsx';

export const ROBOT_ROLE_TEXTS: Record<RobotRole, string> = {
  maintainer: 'Maintainer: full access except to people, robots and credentials',
  pusher: ROLE_TEXTS.pusher,
  reader: ROLE_TEXTS.reader,
  none: ROLE_TEXTS.none,
};
const WHERE = 'Where it runs, such as “GitHub Actions of acme/web”. Optional';
const ROLES = ROBOT_ROLES.map((value) => ({ value, text: ROBOT_ROLE_TEXTS[value] }));

export function CreateRobotForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Create robot">
      <NewNameField />
      <RoleField role="pusher" />
      <DescriptionField hint={WHERE} />
    </ActionForm>
  );
}

type RobotSettingsFormProps = { action: FormAction; role: string; description: string };

export function RobotSettingsForm({ action, role, description }: RobotSettingsFormProps) {
  return (
    <ActionForm action={action} button="Save robot" successNotice="Saved." tone="plain">
      <RoleField role={role} />
      <DescriptionField description={description} hint={WHERE} />
    </ActionForm>
  );
}

function RoleField({ role }: { role: string }) {
  return <SelectField choices={ROLES} defaultValue={role} label="Role" name="role" />;
}
