import { MoveButtons } from '#components/review/move-buttons.tsx';
import { QueueTable } from '#components/review/queue-table.tsx';
import { REVIEW, reviewLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import { listQueue, QUEUE_VIEWS } from '#lib/aliases/queries.ts';
import { getApp } from '#lib/app.ts';
import { DecidedNotice } from '../_lib/frames/decided-notice.tsx';
import { ReviewPage } from '../_lib/frames/review-page.tsx';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../_lib/search-params.ts';
import { reviewerMetadata, requireReviewer } from '../_lib/session/staff.ts';

export const generateMetadata = () => reviewerMetadata('Review');

const PAGE_SIZE = 50;

export default async function ReviewQueuePage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireReviewer();
  const params = await searchParams;
  const view = choiceParam(params, 'view', QUEUE_VIEWS) ?? 'open';
  const q = textParam(params, 'q');
  const page = pageParam(params);
  const range = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
  const { requests, total } = await listQueue(getApp(), { caller, view, query: q, ...range });
  return (
    <ReviewPage at={view} caller={caller} q={q}>
      <h1 className="sr-only">Alias requests</h1>
      <DecidedNotice caller={caller} id={textParam(params, 'after')} />
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <form action={REVIEW} className="flex min-w-0 gap-2" role="search">
          {view !== 'open' && <input name="view" type="hidden" value={view} />}
          <input
            aria-label="Alias or publisher"
            autoCapitalize="off"
            className="control max-w-64"
            defaultValue={q}
            maxLength={100}
            name="q"
            placeholder="Alias or publisher"
            spellCheck={false}
            type="search"
          />
          <button className="button">Find</button>
        </form>
        <p className="text-sm text-muted" role="status">
          {countOf(total, 'request')}
        </p>
        <MoveButtons />
      </div>
      {requests.length === 0 ? (
        <EmptyState title={q ? 'No matching requests' : 'No requests in this view'}>
          <p>
            {q ? (
              <a className="link" href={reviewLink({ view })}>
                Clear search
              </a>
            ) : (
              'Requests appear here when publishers ask for an alias.'
            )}
          </p>
        </EmptyState>
      ) : (
        <QueueTable isDecided={view === 'decided'} requests={requests} />
      )}
      <Pager
        href={(target) => reviewLink({ view, q, page: target })}
        label="Pages of the queue"
        page={page}
        pageSize={PAGE_SIZE}
        total={total}
      />
    </ReviewPage>
  );
}
