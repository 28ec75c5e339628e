import type { Metadata } from 'next';
import { identityProvidersLink, CONSOLE_ROLES, rolesLink } from '#components/links.ts';
import { RoleList } from '#components/roles/role-list.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listRoles } from '#lib/publishers/roles/role-queries.ts';
import { MAX_ROLES } from '#lib/publishers/roles/schema.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { NewPartSection, PartListPage } from '../../_lib/frames/part-pages.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { NewRoleSection } from './new-role-section.tsx';

export const metadata: Metadata = { title: 'Roles', robots: { index: false } };

export default async function RolesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(CONSOLE_ROLES);
  const query = await searchParams;
  const { registries, chosen } = await chooseRegistry(caller, query);
  if (!chosen) return null;
  const { id: registryKey, registryId } = chosen;
  const roles = await listRoles(getApp(), { caller, registryKey });
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageRoles', membership: chosen });
  return (
    <PartListPage
      at={CONSOLE_ROLES}
      caller={caller}
      chosen={chosen}
      create={
        canManage &&
        (roles.length >= MAX_ROLES ? (
          <NewPartSection count={roles.length} max={MAX_ROLES} noun="role" />
        ) : (
          <NewRoleSection caller={caller} query={query} registryId={registryId} registryKey={registryKey} />
        ))
      }
      empty={
        canManage
          ? 'Create a role for each pipeline that pushes and each cluster that pulls.'
          : 'Only owners and maintainers can create roles.'
      }
      href={(registry) => rolesLink({ registry })}
      intro={
        <>
          Pipelines, clusters and other registries assume a role and get credentials that end by themselves, so no
          secret is stored anywhere. Tokens of OpenID Connect need an{' '}
          <a className="link" href={identityProvidersLink({ registry: registryId })}>
            identity provider
          </a>
          .
        </>
      }
      list={roles.length > 0 ? <RoleList canManage={canManage} registryId={registryId} roles={roles} /> : null}
      registries={registries}
      title="Roles"
    />
  );
}
