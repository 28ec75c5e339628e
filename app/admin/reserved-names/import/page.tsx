import { ImportForm } from '#components/admin/import-form.tsx';
import { RESERVED_NAMES } from '#components/links.ts';
import { AdminPage } from '../../../_lib/frames/admin-page.tsx';
import { adminMetadata, requireAdmin } from '../../../_lib/session/staff.ts';
import { importNames } from '../actions.ts';

export const generateMetadata = () => adminMetadata('Import reserved names');

export default async function ImportReservedNamesPage() {
  await requireAdmin();
  return (
    <AdminPage at={RESERVED_NAMES}>
      <h1 className="mb-1 text-xl font-semibold">Import reserved names</h1>
      <p className="mb-6 max-w-2xl text-muted">
        Upload a CSV file whose first line is <code className="font-mono">name,kind,match,reason,source</code>, as in
        the export. You’ll see a preview before anything changes.
      </p>
      <ImportForm action={importNames} />
    </AdminPage>
  );
}
