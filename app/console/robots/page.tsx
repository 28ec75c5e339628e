import type { Metadata } from 'next';
import { ROBOTS, robotsLink } from '#components/links.ts';
import { CreateRobotForm } from '#components/robots/robot-form.tsx';
import { RobotList } from '#components/robots/robot-list.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listRobots } from '#lib/publishers/robots/robot-queries.ts';
import { MAX_ROBOTS } from '#lib/publishers/robots/schema.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createRobotAction } from './actions.ts';

export const metadata: Metadata = { title: 'Robots', robots: { index: false } };

export default async function RobotsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(ROBOTS);
  const { registries, chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) return null;
  const { id: registryKey, registryId, primaryAlias } = chosen;
  const robots = await listRobots(getApp(), { caller, registryKey });
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageRobots', membership: chosen });
  return (
    <ConsolePage at={ROBOTS} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Robots</h1>
      <p className="mb-6 max-w-2xl text-muted">
        A robot is a user for pipelines and servers. It belongs to the registry instead of a person, so its access
        tokens and access keys keep working when the member who created them leaves.
      </p>
      <RegistryTabs chosen={chosen} href={(registry) => robotsLink({ registry })} registries={registries} />
      <div className="grid gap-8 lg:grid-cols-[3fr_2fr]" key={primaryAlias}>
        <section aria-labelledby="robots" className="min-w-0">
          <h2 className="mb-3 text-lg font-semibold" id="robots">
            Robots of <span className="font-mono">{primaryAlias}</span>
          </h2>
          {robots.length === 0 ? (
            <EmptyState title="No robots yet">
              <p>
                {canManage
                  ? 'Create a robot for each pipeline that pushes and each server that pulls.'
                  : 'Only owners and maintainers can create robots.'}
              </p>
            </EmptyState>
          ) : (
            <RobotList canManage={canManage} registryId={registryId} robots={robots} />
          )}
        </section>
        {canManage && (
          <section aria-labelledby="new-robot" className="min-w-0">
            <h2 className="mb-3 text-lg font-semibold" id="new-robot">
              New robot
            </h2>
            {robots.length >= MAX_ROBOTS ? (
              <p className="text-muted">
                This registry has {MAX_ROBOTS} robots, which is the limit. Remove one to create another.
              </p>
            ) : (
              <CreateRobotForm action={createRobotAction.bind(null, { registryKey, registryId })} />
            )}
          </section>
        )}
      </div>
    </ConsolePage>
  );
}
