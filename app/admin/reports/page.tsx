import { DoneNotice } from '#components/admin/done-notice.tsx';
import { FoldedForm } from '#components/forms/folded-form.tsx';
import { ADMIN_REPORTS, quarantineLink, withQuery } from '#components/links.ts';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { TabNav } from '#components/ui/tab-nav.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getApp } from '#lib/app.ts';
import { listReports, type ReportRow } from '#lib/repositories/admin-queries.ts';
import { REPORT_REASONS, REPORT_STATUSES, type ReportStatus } from '#lib/repositories/schema.ts';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';
import { handle } from './actions.ts';

export const generateMetadata = () => adminMetadata('Reports');

const PAGE_SIZE = 25;
const STATUS_WORDS: Record<ReportStatus, string> = { open: 'Open', dismissed: 'Dismissed', acted_on: 'Acted on' };
const REASON_WORDS: Record<string, string> = REPORT_REASONS;
const DONE = {
  dismissed: (target: string) => `The report about ${target} was dismissed.`,
  acted_on: (target: string) => `The report about ${target} is marked as acted on.`,
};
const NOTE = { name: 'note', label: 'Note, for the audit', maxLength: 1_000, isOptional: true };

export default async function ReportsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  await requireAdmin();
  const params = await searchParams;
  const status = choiceParam(params, 'status', REPORT_STATUSES) ?? 'open';
  const page = pageParam(params);
  const range = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
  const { rows, total } = await listReports(getApp(), { status, ...range });
  const link = (to: ReportStatus, toPage = 1) =>
    withQuery(ADMIN_REPORTS, { status: to === 'open' ? null : to, page: toPage === 1 ? null : toPage });
  return (
    <AdminPage at={ADMIN_REPORTS}>
      <h1 className="mb-2 text-xl font-semibold">Reports</h1>
      <DoneNotice about={textParam(params, 'about')} done={textParam(params, 'done')} sentences={DONE} />
      <TabNav
        label="Reports"
        tabs={REPORT_STATUSES.map((to) => ({ text: STATUS_WORDS[to], href: link(to), isCurrent: to === status }))}
      />
      <div className="pt-4">
        {rows.length === 0 ? (
          <EmptyState title={status === 'open' ? 'No open reports' : 'No reports'} />
        ) : (
          <ul className="divide-y divide-line rounded-lg border border-line">
            {rows.map((report) => (
              <Report key={report.id} report={report} />
            ))}
          </ul>
        )}
      </div>
      <Pager href={(to) => link(status, to)} label="Pages of reports" page={page} pageSize={PAGE_SIZE} total={total} />
    </AdminPage>
  );
}

function Report({ report }: { report: ReportRow }) {
  const { id, target, reason, text, email, status, createdAt, handledAt } = report;
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="min-w-0 font-mono font-semibold break-words">
          <a className="link" href={`/${target}`}>
            {target}
          </a>
        </h2>
        <Chip tone="warning">{REASON_WORDS[reason] ?? reason}</Chip>
        <span className="text-sm text-muted">
          reported <TimeAgo date={createdAt} />
          {email && ` by ${email}`}
          {handledAt && (
            <>
              {' '}
              · handled <TimeAgo date={handledAt} />
            </>
          )}
        </span>
      </div>
      <p className="max-w-3xl break-words whitespace-pre-wrap">{text}</p>
      {status === 'open' && (
        <div className="flex flex-wrap items-start gap-2">
          {target.includes('/') && (
            <a className="button button-small" href={quarantineLink(target)}>
              Quarantine …
            </a>
          )}
          <FoldedForm
            about={target}
            action={handle.bind(null, { id, target, outcome: 'acted_on' })}
            button="Mark as acted on"
            field={NOTE}
            summary="Acted on"
            tone="plain"
          />
          <FoldedForm
            about={target}
            action={handle.bind(null, { id, target, outcome: 'dismissed' })}
            button="Dismiss report"
            field={NOTE}
            summary="Dismiss"
            tone="plain"
          />
        </div>
      )}
    </li>
  );
}
