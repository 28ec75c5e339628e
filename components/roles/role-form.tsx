'use client';

import { MAX_TRUST_POLICY_LENGTH } from '#lib/access/trust/schema.ts';
import { MAX_SESSION_SECONDS, MIN_SESSION_SECONDS, ROLE_PERMISSIONS } from '#lib/publishers/roles/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxField } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { DescriptionField, NewNameField } from '../forms/naming-fields.tsx';
import { SelectField } from '../forms/select-field.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { ROBOT_ROLE_TEXTS } from '../robots/robot-form.tsx';

const PERMISSIONS = ROLE_PERMISSIONS.map((value) => ({ value, text: ROBOT_ROLE_TEXTS[value] }));
const ROWS = 14;

type RoleSettings = {
  permission: string;
  description: string;
  maxSessionSeconds: number;
  acceptsTokenLogin: boolean;
  trustPolicy: string;
};

export function CreateRoleForm({ action, settings }: { action: FormAction; settings: RoleSettings }) {
  return (
    <ActionForm action={action} button="Create role">
      <NewNameField />
      <SettingsFields {...settings} />
    </ActionForm>
  );
}

export function RoleSettingsForm({ action, settings }: { action: FormAction; settings: RoleSettings }) {
  return (
    <ActionForm action={action} button="Save role" noticePlace="bottom" successNotice="Saved." tone="plain">
      <SettingsFields {...settings} />
    </ActionForm>
  );
}

function SettingsFields({ permission, description, maxSessionSeconds, acceptsTokenLogin, trustPolicy }: RoleSettings) {
  return (
    <>
      <SelectField choices={PERMISSIONS} defaultValue={permission} label="Permission" name="permission" />
      <DescriptionField description={description} />
      <TextField
        defaultValue={String(maxSessionSeconds)}
        hint={`Seconds, from ${MIN_SESSION_SECONDS} to ${MAX_SESSION_SECONDS}`}
        inputMode="numeric"
        label="Longest session"
        maxLength={5}
        name="maxSessionSeconds"
        required
      />
      <TextAreaField
        className="font-mono text-sm"
        defaultValue={trustPolicy}
        hint="Who may assume the role, in the grammar of AWS IAM"
        label="Trust policy"
        maxLength={MAX_TRUST_POLICY_LENGTH}
        name="trustPolicy"
        required
        rows={ROWS}
        spellCheck={false}
      />
      <CheckboxField
        hint="Docker can then log in without an exchange. A leaked token can be used for 15 minutes"
        isChecked={acceptsTokenLogin}
        label="Accept tokens of OpenID Connect as passwords"
        name="acceptsTokenLogin"
      />
    </>
  );
}
