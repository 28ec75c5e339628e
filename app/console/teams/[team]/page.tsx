import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { TEAMS, teamsLink } from '#components/links.ts';
import { AddTeamMemberForm, TeamGroupsForm, TeamSettingsForm } from '#components/teams/team-form.tsx';
import { TeamMemberList } from '#components/teams/team-member-list.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listMembers } from '#lib/publishers/members/member-queries.ts';
import { listRobots } from '#lib/publishers/robots/robot-queries.ts';
import { listTeamMembers, listTeams } from '#lib/publishers/teams/team-queries.ts';
import { chooseRegistry } from '../../../_lib/choose-registry.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { PartHeader, PartSection, PoliciesSection } from '../../../_lib/frames/part-pages.tsx';
import type { RawSearchParams } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';
import {
  addTeamMemberAction,
  mapTeamGroupsAction,
  removeTeamAction,
  removeTeamMemberAction,
  saveTeamAction,
} from '../actions.ts';

export const metadata: Metadata = { title: 'Team', robots: { index: false } };

/** Others can be typed. */
const MAX_CANDIDATES = 200;

type TeamPageProps = { params: Promise<{ team: string }>; searchParams: Promise<RawSearchParams> };

export default async function TeamPage({ params, searchParams }: TeamPageProps) {
  const app = getApp();
  const { team: name } = await params;
  const caller = await requireCaller(TEAMS);
  const { chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) notFound();
  const { id: registryKey, registryId, primaryAlias } = chosen;
  const team = (await listTeams(app, { caller, registryKey })).find((one) => one.name === name);
  if (!team) notFound();
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageTeams', membership: chosen });
  const canMap = isAllowed({ ...caller, action: 'vitrine:MapGroups' });
  const [members, people, robots] = await Promise.all([
    listTeamMembers(app, { caller, registryKey, name }),
    canManage ? listMembers(app, { registryKey }) : [],
    canManage ? listRobots(app, { caller, registryKey }) : [],
  ]);
  const present = new Set(members.map(({ userId }) => userId));
  const candidates = [...people, ...robots]
    .filter(({ userId }) => !present.has(userId))
    .map((one) => ('email' in one ? one.email : one.name))
    .slice(0, MAX_CANDIDATES);
  const bound = { registryKey, registryId, name };
  return (
    <ConsolePage at={TEAMS} caller={caller}>
      <PartHeader
        createdAt={team.createdAt}
        name={name}
        parent={{ title: 'Teams', alias: primaryAlias, href: teamsLink({ registry: registryId }) }}
        use={countOf(members.length, 'member')}
      />
      <div className="flex max-w-2xl flex-col gap-12">
        {!canManage && team.description !== '' && <p dir="auto">{team.description}</p>}
        <PartSection id="members" title="Members">
          {members.length === 0 ? (
            <p className="text-muted">No members yet.</p>
          ) : (
            <TeamMemberList
              members={members}
              remove={canManage ? ({ userId }) => removeTeamMemberAction.bind(null, { ...bound, userId }) : null}
            />
          )}
          {canManage && (
            <div className="mt-4">
              <AddTeamMemberForm action={addTeamMemberAction.bind(null, bound)} candidates={candidates} />
            </div>
          )}
        </PartSection>
        {(canMap || team.groups.length > 0) && (
          <PartSection
            hint="Users with one of these groups of the site’s identity provider join at their next sign-in, also the registry. Without it they leave."
            id="groups"
            title="Groups"
          >
            {canMap ? (
              <TeamGroupsForm action={mapTeamGroupsAction.bind(null, bound)} groups={team.groups} />
            ) : (
              <ul className="font-mono text-sm break-all">
                {team.groups.map((group) => (
                  <li key={group}>{group}</li>
                ))}
              </ul>
            )}
          </PartSection>
        )}
        {isAllowed({ ...caller, action: 'vitrine:ManagePolicies', membership: chosen }) && (
          <PoliciesSection
            hint="They apply to the members of the team, beside their own"
            principal={`team:${name}`}
            registry={registryId}
          />
        )}
        {canManage && (
          <>
            <PartSection id="settings" title="Settings">
              <TeamSettingsForm
                action={saveTeamAction.bind(null, bound)}
                description={team.description}
                joinRole={team.joinRole}
              />
            </PartSection>
            <PartSection id="danger" title="Remove">
              <ConfirmedButtonForm
                about={name}
                action={removeTeamAction.bind(null, bound)}
                button="Remove team"
                summary="Remove"
                warning="Its members stay in the registry."
              />
            </PartSection>
          </>
        )}
      </div>
    </ConsolePage>
  );
}
