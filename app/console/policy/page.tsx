import type { Metadata } from 'next';
import { PolicyPanel } from '#components/console/policy/policy-panel.tsx';
import { PolicyScopeForm } from '#components/console/policy/policy-scope-form.tsx';
import { CONSOLE_POLICY, registryPolicyLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { allowedBy } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import {
  REGISTRY_SAMPLES,
  REGISTRY_SAMPLE_TITLES,
  writeRegistrySample,
} from '#lib/repositories/policies/policy-samples.ts';
import type { RegistryView } from '#lib/repositories/queries.ts';
import {
  listRegistryPolicyRevisions,
  readRegistryPolicy,
} from '#lib/repositories/registry-policy/read-registry-policy.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import { findStart } from '../../_lib/policy/find-start.ts';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { editRegistryPolicyAction, removeRegistryPolicyAction, savePolicyScopeAction } from './actions.ts';

export const metadata: Metadata = { title: 'Registry policy', robots: { index: false } };

const SHOWN_REVISIONS = 20;

export default async function RegistryPolicyPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(CONSOLE_POLICY);
  const query = await searchParams;
  const { registries, chosen } = await chooseRegistry(caller, query);
  if (!chosen) return null;
  const { id: registryKey } = chosen;
  // The policy itself decides too.
  const membership = await findMembership(getApp(), { principal: caller.principal, registryKey });
  const can = allowedBy({ ...caller, membership });
  return (
    <ConsolePage at={CONSOLE_POLICY} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Registry policy</h1>
      <p className="mb-6 max-w-2xl text-muted">
        Decides about all private repositories of a registry, beside roles and the policy of each repository. A denial
        always wins.
      </p>
      <RegistryTabs chosen={chosen} href={(registry) => registryPolicyLink({ registry })} registries={registries} />
      {can('ecr:GetRegistryPolicy') ? (
        <Policy
          caller={caller}
          mayEdit={can('ecr:PutRegistryPolicy')}
          maySetScope={can('ecr:PutAccountSetting')}
          query={query}
          registry={chosen}
        />
      ) : (
        <EmptyState title="You can’t see this policy">
          <p>
            Only owners and maintainers can, unless the policy denies it to them. An admin of the site can remove a
            policy that locks owners out.
          </p>
        </EmptyState>
      )}
    </ConsolePage>
  );
}

type PolicyProps = {
  caller: UserCaller;
  registry: RegistryView;
  query: RawSearchParams;
  mayEdit: boolean;
  maySetScope: boolean;
};

async function Policy({ caller, registry, query, mayEdit, maySetScope }: PolicyProps) {
  const app = getApp();
  const { id: registryKey, registryId, primaryAlias } = registry;
  const { policy, scope, revision } = await readRegistryPolicy(app, { caller, registryKey });
  const revisions = await listRegistryPolicyRevisions(app, { registryKey, limit: SHOWN_REVISIONS });
  const write = (sample: (typeof REGISTRY_SAMPLES)[number]) => writeRegistrySample(sample, registryId);
  const bound = { registryKey, registryId };
  return (
    <div className="flex max-w-3xl flex-col gap-10" key={primaryAlias}>
      <section aria-labelledby="policy" className="min-w-0">
        <h2 className="mb-3 text-lg font-semibold" id="policy">
          Policy of <span className="font-mono">{primaryAlias}</span>
        </h2>
        <PolicyPanel
          actions={
            mayEdit
              ? {
                  edit: editRegistryPolicyAction.bind(null, bound),
                  remove: removeRegistryPolicyAction.bind(null, bound),
                }
              : null
          }
          isSaved={query.saved === String(revision)}
          linkTo={(start) => `${registryPolicyLink({ registry: registryId, start })}#policy`}
          policy={policy}
          revision={revision}
          revisions={revisions}
          samples={REGISTRY_SAMPLES.map((key) => ({ key, title: REGISTRY_SAMPLE_TITLES[key] }))}
          start={findStart(query, { samples: REGISTRY_SAMPLES, write, revisions })}
          target={{ kind: 'registry' }}
        />
      </section>
      <section aria-labelledby="scope" className="min-w-0">
        <h2 className="mb-3 text-lg font-semibold" id="scope">
          Scope
        </h2>
        <PolicyScopeForm action={maySetScope ? savePolicyScopeAction.bind(null, bound) : null} scope={scope} />
      </section>
    </div>
  );
}
