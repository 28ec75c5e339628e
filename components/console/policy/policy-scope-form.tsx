import type { RegistryPolicyScope } from '#lib/access/attached/schema.ts';
import { ActionForm } from '../../forms/action-form.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { SelectField } from '../../forms/select-field.tsx';

const SCOPES: Record<RegistryPolicyScope, string> = {
  V2: 'V2: every action of ecr',
  V1: 'V1: creating repositories, imports and replication',
};

/** Chooses what a registry policy decides. `action` is null for viewers who can't. */
export function PolicyScopeForm({ action, scope }: { action: FormAction | null; scope: RegistryPolicyScope }) {
  if (!action) return <p className="text-muted">{SCOPES[scope]}</p>;
  return (
    <ActionForm action={action} button="Save scope" successNotice="Saved." tone="plain">
      <SelectField
        choices={Object.entries(SCOPES).map(([value, text]) => ({ value, text }))}
        defaultValue={scope}
        hint="The account setting REGISTRY_POLICY_SCOPE of AWS"
        label="What the policy decides"
        name="scope"
      />
    </ActionForm>
  );
}
