import type { Metadata } from 'next';
import { identityProvidersLink, CONSOLE_ROLES, rolesLink } from '#components/links.ts';
import { RoleList } from '#components/roles/role-list.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listRoles } from '#lib/publishers/roles/role-queries.ts';
import { MAX_ROLES } from '#lib/publishers/roles/schema.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { NewRoleSection } from './new-role-section.tsx';

export const metadata: Metadata = { title: 'Roles', robots: { index: false } };

export default async function RolesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(CONSOLE_ROLES);
  const query = await searchParams;
  const { registries, chosen } = await chooseRegistry(caller, query);
  if (!chosen) return null;
  const { id: registryKey, registryId, primaryAlias } = chosen;
  const roles = await listRoles(getApp(), { caller, registryKey });
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageRoles', membership: chosen });
  return (
    <ConsolePage at={CONSOLE_ROLES} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Roles</h1>
      <p className="mb-6 max-w-2xl text-muted">
        Pipelines, clusters and other registries assume a role and get credentials that end by themselves, so no secret
        is stored anywhere. Tokens of OpenID Connect need an{' '}
        <a className="link" href={identityProvidersLink({ registry: registryId })}>
          identity provider
        </a>
        .
      </p>
      <RegistryTabs chosen={chosen} href={(registry) => rolesLink({ registry })} registries={registries} />
      <div className="flex max-w-3xl flex-col gap-10" key={primaryAlias}>
        <section aria-labelledby="roles" className="min-w-0">
          <h2 className="mb-3 text-lg font-semibold" id="roles">
            Roles of <span className="font-mono">{primaryAlias}</span>
          </h2>
          {roles.length === 0 ? (
            <EmptyState title="No roles yet">
              <p>
                {canManage
                  ? 'Create a role for each pipeline that pushes and each cluster that pulls.'
                  : 'Only owners and maintainers can create roles.'}
              </p>
            </EmptyState>
          ) : (
            <RoleList canManage={canManage} registryId={registryId} roles={roles} />
          )}
        </section>
        {canManage &&
          (roles.length >= MAX_ROLES ? (
            <p className="text-muted" id="new-role">
              This registry has {MAX_ROLES} roles, which is the limit. Remove one to create another.
            </p>
          ) : (
            <NewRoleSection caller={caller} query={query} registryId={registryId} registryKey={registryKey} />
          ))}
      </div>
    </ConsolePage>
  );
}
