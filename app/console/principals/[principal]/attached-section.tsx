import { AttachedPolicyList, AttachPolicyForm } from '#components/console/policy/attached-policies.tsx';
import { policyLink } from '#components/links.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { MAX_ATTACHED_POLICIES } from '#lib/identity/attached-policies/schema.ts';
import { listAttachedPolicies, listManagedPolicies } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { PartSection } from '../../../_lib/frames/part-pages.tsx';
import { attachPolicyAction, detachPolicyAction } from '../actions.ts';

type AttachedSectionProps = {
  caller: UserCaller;
  bound: { registryKey: bigint; registryId: string; principal: string };
};

/** The managed policies of a principal, and a form that attaches others. */
export async function AttachedSection({ caller, bound }: AttachedSectionProps) {
  const { registryKey, registryId: registry, principal } = bound;
  const [attached, all] = await Promise.all([
    listAttachedPolicies(getApp(), { caller, registryKey, principal }),
    listManagedPolicies(getApp(), { caller, registryKey }),
  ]);
  const others = all.filter(({ reference }) => attached.every((one) => one.reference !== reference));
  return (
    <PartSection id="attached" title="Managed policies">
      {attached.length === 0 ? (
        <p className="text-muted">No managed policies attached.</p>
      ) : (
        <AttachedPolicyList
          detach={(policy) => detachPolicyAction.bind(null, { ...bound, policy })}
          linkTo={(policy) => policyLink({ registry, policy })}
          policies={attached}
        />
      )}
      {attached.length >= MAX_ATTACHED_POLICIES ? (
        <p className="mt-3 text-muted">These are {MAX_ATTACHED_POLICIES}, which is the limit.</p>
      ) : (
        others.length > 0 && (
          <div className="mt-4">
            <AttachPolicyForm
              action={attachPolicyAction.bind(null, bound)}
              choices={others.map(({ reference, name, isAws }) => ({
                value: reference,
                text: isAws ? `${name} (AWS)` : name,
              }))}
            />
          </div>
        )
      )}
    </PartSection>
  );
}
