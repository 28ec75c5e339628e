import type { Metadata } from 'next';
import { TEAMS, teamsLink } from '#components/links.ts';
import { CreateTeamForm } from '#components/teams/team-form.tsx';
import { TeamList } from '#components/teams/team-list.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { MAX_TEAMS } from '#lib/publishers/teams/schema.ts';
import { listTeams } from '#lib/publishers/teams/team-queries.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { NewPartSection, PartListPage } from '../../_lib/frames/part-pages.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createTeamAction } from './actions.ts';

export const metadata: Metadata = { title: 'Teams', robots: { index: false } };

export default async function TeamsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(TEAMS);
  const { registries, chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) return null;
  const { id: registryKey, registryId } = chosen;
  const teams = await listTeams(getApp(), { caller, registryKey });
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageTeams', membership: chosen });
  return (
    <PartListPage
      at={TEAMS}
      caller={caller}
      chosen={chosen}
      create={
        canManage && (
          <NewPartSection count={teams.length} max={MAX_TEAMS} noun="team">
            <CreateTeamForm action={createTeamAction.bind(null, { registryKey, registryId })} />
          </NewPartSection>
        )
      }
      empty={
        canManage
          ? 'Create a team for people and robots who work on the same repositories.'
          : 'Only owners can create teams.'
      }
      href={(registry) => teamsLink({ registry })}
      intro="A team groups members and robots of the registry. Groups of the site’s identity provider can fill it."
      isCreateNarrow
      list={teams.length > 0 ? <TeamList registryId={registryId} teams={teams} /> : null}
      registries={registries}
      title="Teams"
    />
  );
}
