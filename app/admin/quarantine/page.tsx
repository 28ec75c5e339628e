import { ButtonForm } from '#components/forms/button-form.tsx';
import { FoldedForm } from '#components/forms/folded-form.tsx';
import { DoneNotice } from '#components/admin/done-notice.tsx';
import { QuarantineForm } from '#components/admin/quarantine-form.tsx';
import { QUARANTINE } from '#components/links.ts';
import { DenseRow, DenseTable } from '#components/ui/dense-table.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getApp } from '#lib/app.ts';
import { listQuarantined, type QuarantinedRow } from '#lib/repositories/admin-queries.ts';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';
import { lift, quarantine, takeDown } from './actions.ts';

export const generateMetadata = () => adminMetadata('Quarantine');

const DONE = {
  lifted: (name: string) => `${name} is back in the gallery and can be pulled.`,
  'taken-down': (name: string) => `${name} was taken down. An admin can restore it under Deleted.`,
};
const COLUMNS = ['Repository', 'Reason', 'Since', 'Actions'];

export default async function QuarantinePage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  await requireAdmin();
  const params = await searchParams;
  const repositories = await listQuarantined(getApp());
  return (
    <AdminPage at={QUARANTINE}>
      <h1 className="mb-1 text-xl font-semibold">Quarantine</h1>
      <p className="mb-4 max-w-2xl text-muted">
        Quarantine hides a repository from the gallery and search, and blocks pulls and pushes. Lifting it restores
        everything. Taking the repository down deletes it, and only admins can restore it, for{' '}
        {countOf(getApp().config.restoreDays, 'day')}.
      </p>
      <DoneNotice about={textParam(params, 'about')} done={textParam(params, 'done')} sentences={DONE} />
      {repositories.length === 0 ? (
        <EmptyState title="No quarantined repositories" />
      ) : (
        <DenseTable columns={COLUMNS} label="Table of repositories in quarantine" width="medium">
          {repositories.map((repository) => (
            <Row key={repository.fullName} repository={repository} />
          ))}
        </DenseTable>
      )}
      <section aria-labelledby="put-in" className="mt-8 max-w-2xl">
        <h2 className="mb-3 text-lg font-semibold" id="put-in">
          Quarantine a repository
        </h2>
        <QuarantineForm action={quarantine} repository={textParam(params, 'repository')} />
      </section>
    </AdminPage>
  );
}

function Row({ repository: { fullName, reason, quarantinedAt } }: { repository: QuarantinedRow }) {
  return (
    <DenseRow columns={COLUMNS}>
      <th className="max-w-72 text-left font-mono font-semibold break-words" scope="row">
        <a className="link" href={`/${fullName}`}>
          {fullName}
        </a>
      </th>
      <td className="max-w-96 break-words" dir="auto">
        {reason}
      </td>
      <td>
        <TimeAgo date={quarantinedAt} />
      </td>
      <td>
        <div className="flex flex-wrap items-start gap-2">
          <ButtonForm action={lift.bind(null, fullName)} button="Lift quarantine" />
          <FoldedForm
            about={fullName}
            action={takeDown.bind(null, fullName)}
            button="Take down repository"
            field={{ name: 'reason', label: 'Reason, shown to the publisher', maxLength: 500 }}
            summary="Take down"
          />
        </div>
      </td>
    </DenseRow>
  );
}
