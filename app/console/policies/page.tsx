import type { Metadata } from 'next';
import { CreateManagedPolicyForm } from '#components/console/policy/managed-policy-forms.tsx';
import { ManagedPolicyList } from '#components/console/policy/managed-policy-list.tsx';
import { CONSOLE_POLICIES, policiesLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listManagedPolicies } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { MAX_MANAGED_POLICIES } from '#lib/publishers/managed-policies/schema.ts';
import {
  IDENTITY_SAMPLE_TITLES,
  IDENTITY_SAMPLES,
  writeIdentitySample,
} from '#lib/repositories/policies/policy-samples.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { NewPartSection, PartListPage } from '../../_lib/frames/part-pages.tsx';
import { findStart } from '../../_lib/policy/find-start.ts';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createPolicyAction } from './actions.ts';

export const metadata: Metadata = { title: 'Managed policies', robots: { index: false } };

export default async function PoliciesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(CONSOLE_POLICIES);
  const query = await searchParams;
  const { registries, chosen } = await chooseRegistry(caller, query);
  if (!chosen) return null;
  const { id: registryKey, registryId } = chosen;
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManagePolicies', membership: chosen });
  const policies = canManage ? await listManagedPolicies(getApp(), { caller, registryKey }) : [];
  const write = (sample: (typeof IDENTITY_SAMPLES)[number]) => writeIdentitySample(sample, registryId);
  const start = findStart(query, { samples: IDENTITY_SAMPLES, write, revisions: [] });
  return (
    <PartListPage
      at={CONSOLE_POLICIES}
      caller={caller}
      chosen={chosen}
      create={
        canManage && (
          <NewPartSection
            count={policies.filter(({ isAws }) => !isAws).length}
            max={MAX_MANAGED_POLICIES}
            noun="managed policy"
            plural="managed policies"
          >
            <p className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
              <span>Start with</span>
              {IDENTITY_SAMPLES.map((sample) => (
                <a className="link" href={policiesLink({ registry: registryId, start: sample })} key={sample}>
                  {IDENTITY_SAMPLE_TITLES[sample]}
                </a>
              ))}
            </p>
            <CreateManagedPolicyForm
              action={createPolicyAction.bind(null, { registryKey, registryId })}
              key={start?.key}
              text={start?.text ?? ''}
            />
          </NewPartSection>
        )
      }
      empty=""
      href={(registry) => policiesLink({ registry })}
      intro="A managed policy has versions, and can be attached to any number of members, robots, roles and teams."
      list={
        canManage ? (
          <ManagedPolicyList policies={policies} registryId={registryId} />
        ) : (
          <EmptyState title="You can’t see these policies">
            <p>Only owners can.</p>
          </EmptyState>
        )
      }
      registries={registries}
      title="Managed policies"
    />
  );
}
