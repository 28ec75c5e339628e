import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ButtonForm, ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { CONSOLE_ROLES, rolesLink } from '#components/links.ts';
import { RoleSettingsForm } from '#components/roles/role-form.tsx';
import { RoleUse } from '#components/roles/role-list.tsx';
import { roleSnippets } from '#components/roles/role-snippets.ts';
import { RoleSessionList } from '#components/roles/role-session-list.tsx';
import { CodeLine } from '#components/ui/code-line.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listRoles, listRoleSessions } from '#lib/publishers/roles/role-queries.ts';
import { chooseRegistry } from '../../../_lib/choose-registry.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { PartHeader, PartSection, PoliciesSection } from '../../../_lib/frames/part-pages.tsx';
import { getPullAddress, getVisitedOrigin } from '../../../_lib/repository/pull-address.ts';
import type { RawSearchParams } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';
import { endRoleSessionsAction, removeRoleAction, saveRoleAction, switchRoleAction } from '../actions.ts';

export const metadata: Metadata = { title: 'Role', robots: { index: false } };

const SHOWN_SESSIONS = 50;

type RolePageProps = { params: Promise<{ role: string }>; searchParams: Promise<RawSearchParams> };

export default async function RolePage({ params, searchParams }: RolePageProps) {
  const app = getApp();
  const { role: name } = await params;
  const caller = await requireCaller(CONSOLE_ROLES);
  const { chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen || !isAllowed({ ...caller, action: 'vitrine:ManageRoles', membership: chosen })) notFound();
  const { id: registryKey, registryId, primaryAlias } = chosen;
  const role = (await listRoles(app, { caller, registryKey })).find((one) => one.name === name);
  if (!role) notFound();
  const [sessions, { host }, endpoint] = await Promise.all([
    listRoleSessions(app, { caller, registryKey, name, limit: SHOWN_SESSIONS }),
    getPullAddress(),
    getVisitedOrigin(),
  ]);
  const { arn, createdAt, disabledAt } = role;
  const bound = { registryKey, registryId, name };
  const isEnabled = disabledAt === null;
  return (
    <ConsolePage at={CONSOLE_ROLES} caller={caller}>
      <PartHeader
        arn={arn}
        createdAt={createdAt}
        isDisabled={!isEnabled}
        name={name}
        parent={{ title: 'Roles', alias: primaryAlias, href: rolesLink({ registry: registryId }) }}
        use={<RoleUse {...role} />}
      />
      <div className="flex max-w-3xl flex-col gap-12">
        <PartSection id="settings" title="Settings">
          <RoleSettingsForm action={saveRoleAction.bind(null, bound)} settings={role} />
        </PartSection>
        {isAllowed({ ...caller, action: 'vitrine:ManagePolicies', membership: chosen }) && (
          <PoliciesSection
            hint="They allow more than the permission, or deny what it allows"
            principal={`role:${name}`}
            registry={registryId}
          />
        )}
        <PartSection id="sessions" title="Live sessions">
          {sessions.length === 0 ? (
            <p className="text-muted">Nobody has assumed the role lately.</p>
          ) : (
            <>
              <RoleSessionList sessions={sessions} />
              {role.sessions > sessions.length && (
                <p className="mt-2 text-sm text-muted">The newest {SHOWN_SESSIONS} are shown.</p>
              )}
              <div className="mt-3">
                <ConfirmedButtonForm
                  action={endRoleSessionsAction.bind(null, bound)}
                  button="End all sessions"
                  summary="End all"
                  warning="Their credentials stop working immediately. Anyone the role trusts can assume it again."
                />
              </div>
            </>
          )}
        </PartSection>
        <PartSection id="use" title="Use the role">
          <div className="flex flex-col gap-4">
            {roleSnippets({ ...role, registryId }, { endpoint, host, region: app.config.site.region }).map(
              ({ title, code }) => (
                <div key={title}>
                  <h3 className="mb-1 font-medium">{title}</h3>
                  <CodeLine code={code} label={`Copy ${title}`} />
                </div>
              ),
            )}
          </div>
        </PartSection>
        <PartSection
          hint="Nobody can assume a disabled role, and its sessions are refused until it is enabled again."
          id="danger"
          title={isEnabled ? 'Disable or remove' : 'Enable or remove'}
        >
          <div className="flex flex-wrap items-start gap-2">
            <ButtonForm
              action={switchRoleAction.bind(null, { ...bound, isEnabled: !isEnabled })}
              button={isEnabled ? 'Disable role' : 'Enable role'}
            />
            <ConfirmedButtonForm
              about={name}
              action={removeRoleAction.bind(null, bound)}
              button="Remove role"
              summary="Remove"
              warning="Its sessions end immediately."
            />
          </div>
        </PartSection>
      </div>
    </ConsolePage>
  );
}
