import { ADMIN_AUDIT, ADMIN_AUDIT_EXPORT } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { parseAuditParams } from '../../_lib/audit/audit-params.ts';
import { AuditSection } from '../../_lib/audit/audit-section.tsx';
import { findAuditRegistry } from '../../_lib/audit/find-audit-registry.ts';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';

export const generateMetadata = () => adminMetadata('Audit');

export default async function AuditPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireAdmin();
  const params = parseAuditParams(await searchParams);
  const { registry } = params.texts;
  const registryKey = registry === '' ? null : await findAuditRegistry(registry);
  return (
    <AdminPage at={ADMIN_AUDIT}>
      <h1 className="mb-4 text-xl font-semibold">Audit</h1>
      {registry !== '' && registryKey === null && (
        <div className="mb-4">
          <Notice tone="warning">No registry is called {registry}. This list covers all of them.</Notice>
        </div>
      )}
      <AuditSection
        caller={caller}
        exportPath={ADMIN_AUDIT_EXPORT}
        hasClients
        params={params}
        path={ADMIN_AUDIT}
        registries={null}
        registryKey={registryKey}
      />
    </AdminPage>
  );
}
