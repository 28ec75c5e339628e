import { ADMIN_DELETED, withQuery } from '#components/links.ts';
import { countOf } from '#components/ui/format-number.ts';
import { getApp } from '#lib/app.ts';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { DeletionList } from '../../_lib/frames/deletion-list.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';

export const generateMetadata = () => adminMetadata('Recently deleted');

export default async function AdminDeletedPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireAdmin();
  const params = await searchParams;
  return (
    <AdminPage at={ADMIN_DELETED}>
      <h1 className="mb-1 text-xl font-semibold">Recently deleted</h1>
      <p className="mb-4 max-w-2xl text-muted">
        What publishers deleted and admins took down, on the whole site. It can be restored for{' '}
        {countOf(getApp().config.restoreDays, 'day')}. After that, garbage collection removes its data.
      </p>
      <DeletionList
        caller={caller}
        href={(to) => withQuery(ADMIN_DELETED, { page: to === 1 ? null : to })}
        params={params}
        registry={null}
      />
    </AdminPage>
  );
}
