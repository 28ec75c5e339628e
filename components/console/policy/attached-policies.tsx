import type { AttachedPolicyView } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { ActionForm } from '../../forms/action-form.tsx';
import { ButtonForm } from '../../forms/button-form.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { SelectField, type Choice } from '../../forms/select-field.tsx';
import { Chip } from '../../ui/chip.tsx';

type AttachedPolicyListProps = {
  policies: readonly AttachedPolicyView[];
  linkTo: (reference: string) => string;
  detach: (reference: string) => FormAction;
};

export function AttachedPolicyList({ policies, linkTo, detach }: AttachedPolicyListProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {policies.map(({ reference, name, isAws }) => (
        <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2" key={reference}>
          <span className="flex min-w-0 flex-wrap items-center gap-2">
            <a className="link min-w-0 font-mono font-semibold break-all" href={linkTo(reference)}>
              {name}
            </a>
            {isAws && <Chip>AWS</Chip>}
          </span>
          <ButtonForm about={name} action={detach(reference)} button="Detach" />
        </li>
      ))}
    </ul>
  );
}

export function AttachPolicyForm({ action, choices }: { action: FormAction; choices: Choice[] }) {
  return (
    <ActionForm action={action} button="Attach policy" className="gap-3" tone="plain">
      <SelectField choices={choices} label="Policy to attach" name="policy" placeholder="Choose a policy" required />
    </ActionForm>
  );
}
