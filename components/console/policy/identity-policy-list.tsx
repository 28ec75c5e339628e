import type { StoredPolicy } from '#lib/access/attached/attached-policy.ts';
import { ConfirmedButtonForm } from '../../forms/button-form.tsx';
import type { FormAction } from '../../forms/form-state.ts';

type IdentityPolicyListProps = {
  policies: readonly StoredPolicy[];
  linkTo: (name: string) => string;
  remove: (name: string) => FormAction;
};

export function IdentityPolicyList({ policies, linkTo, remove }: IdentityPolicyListProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {policies.map(({ name }) => (
        <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2" key={name}>
          <a className="link min-w-0 font-mono font-semibold break-all" href={linkTo(name)}>
            {name}
          </a>
          <ConfirmedButtonForm
            about={name}
            action={remove(name)}
            button="Remove policy"
            summary="Remove"
            warning="Takes effect immediately."
          />
        </li>
      ))}
    </ul>
  );
}
