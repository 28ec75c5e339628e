import type { Metadata } from 'next';
import { ROBOTS, robotsLink } from '#components/links.ts';
import { CreateRobotForm } from '#components/robots/robot-form.tsx';
import { RobotList } from '#components/robots/robot-list.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listRobots } from '#lib/publishers/robots/robot-queries.ts';
import { MAX_ROBOTS } from '#lib/publishers/robots/schema.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { NewPartSection, PartListPage } from '../../_lib/frames/part-pages.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createRobotAction } from './actions.ts';

export const metadata: Metadata = { title: 'Robots', robots: { index: false } };

export default async function RobotsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(ROBOTS);
  const { registries, chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) return null;
  const { id: registryKey, registryId } = chosen;
  const robots = await listRobots(getApp(), { caller, registryKey });
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageRobots', membership: chosen });
  return (
    <PartListPage
      at={ROBOTS}
      caller={caller}
      chosen={chosen}
      create={
        canManage && (
          <NewPartSection count={robots.length} max={MAX_ROBOTS} noun="robot">
            <CreateRobotForm action={createRobotAction.bind(null, { registryKey, registryId })} />
          </NewPartSection>
        )
      }
      empty={
        canManage
          ? 'Create a robot for each pipeline that pushes and each server that pulls.'
          : 'Only owners and maintainers can create robots.'
      }
      href={(registry) => robotsLink({ registry })}
      intro="A robot is a user for pipelines and servers. It belongs to the registry instead of a person, so its access tokens and access keys keep working when the member who created them leaves."
      isCreateNarrow
      list={robots.length > 0 ? <RobotList canManage={canManage} registryId={registryId} robots={robots} /> : null}
      registries={registries}
      title="Robots"
    />
  );
}
