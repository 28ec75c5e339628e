import type { Metadata } from 'next';
import { ButtonForm } from '#components/forms/button-form.tsx';
import { REPLICATION, replicationLink } from '#components/links.ts';
import { ReplicationDestinationForm, ReplicationRulesForm } from '#components/replication/replication-forms.tsx';
import { ReplicationDestinationList, ReplicationFailureTable } from '#components/replication/replication-lists.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listBackfills } from '#lib/replication/backfills/show-backfill.ts';
import { listReplicationFailures } from '#lib/replication/replication-failures.ts';
import { showReplication } from '#lib/replication/show-replication.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { PartSection } from '../../_lib/frames/part-pages.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import {
  removeDestinationAction,
  retryReplicationAction,
  saveDestinationAction,
  saveRulesAction,
  startBackfillAction,
} from './actions.ts';

export const metadata: Metadata = { title: 'Replication', robots: { index: false } };

const MAX_FAILURES = 50;
const MAX_BACKFILLS = 50;

export default async function ReplicationPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const app = getApp();
  const caller = await requireCaller(REPLICATION);
  const { registries, chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) return null;
  const { id: registryKey, registryId, primaryAlias, role } = chosen;
  const bound = { registryKey, registryId };
  const canSee = isAllowed({ ...caller, action: 'ecr:DescribeRegistry', membership: chosen });
  const canManage = isAllowed({ ...caller, action: 'ecr:PutReplicationConfiguration', membership: chosen });
  const { rules, destinations } = canSee
    ? await showReplication(app, { caller, registryKey })
    : { rules: [], destinations: [] };
  const backfills = canSee ? await listBackfills(app, { caller, registryKey, after: null, limit: MAX_BACKFILLS }) : [];
  const failures = canSee ? await listReplicationFailures(app, { caller, registryKey, limit: MAX_FAILURES }) : [];
  return (
    <ConsolePage at={REPLICATION} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Replication</h1>
      <p className="mb-6 max-w-2xl text-muted">Copies what is pushed to other Vitrine sites, or to any OCI registry.</p>
      <RegistryTabs chosen={chosen} href={(registry) => replicationLink({ registry })} registries={registries} />
      <div className="flex max-w-3xl flex-col gap-10" key={primaryAlias}>
        <PartSection id="destinations" title="Destinations">
          {destinations.length > 0 ? (
            <ReplicationDestinationList
              backfills={backfills}
              copy={canManage ? (destination) => startBackfillAction.bind(null, { ...bound, destination }) : null}
              destinations={destinations}
              remove={canManage ? (destination) => removeDestinationAction.bind(null, { ...bound, destination }) : null}
            />
          ) : (
            <EmptyState title={canSee ? 'No destinations yet' : 'Destinations are for owners and maintainers'}>
              <p>
                {canManage
                  ? 'Add one, then name it in a rule.'
                  : `You can't manage replication here. Your role is ${role}.`}
              </p>
            </EmptyState>
          )}
        </PartSection>
        {failures.length > 0 && (
          <PartSection hint={`The latest ${MAX_FAILURES} at most`} id="failures" title="Failures">
            {canManage && (
              <div className="mb-4">
                <ButtonForm action={retryReplicationAction.bind(null, { ...bound, task: null })} button="Retry all" />
              </div>
            )}
            <ReplicationFailureTable
              failures={failures}
              retry={canManage ? (task) => retryReplicationAction.bind(null, { ...bound, task }) : null}
            />
          </PartSection>
        )}
        {canManage ? (
          <>
            <PartSection
              hint="The same region and registry id change a destination. Saving also retries what failed there."
              id="new-destination"
              title="Add or change a destination"
            >
              <ReplicationDestinationForm action={saveDestinationAction.bind(null, bound)} />
            </PartSection>
            <PartSection hint="Images pushed from then on follow them" id="rules" title="Rules">
              <ReplicationRulesForm action={saveRulesAction.bind(null, bound)} rules={rules} />
            </PartSection>
          </>
        ) : (
          rules.length > 0 && (
            <PartSection id="rules" title="Rules">
              <pre className="overflow-x-auto text-sm" tabIndex={0}>
                {JSON.stringify(rules, null, 2)}
              </pre>
            </PartSection>
          )
        )}
      </div>
    </ConsolePage>
  );
}
