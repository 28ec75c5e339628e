import type { ReactNode } from 'react';
import { KeysHelp } from '#components/review/keys-help.tsx';
import { ReviewKeys } from '#components/review/review-keys.tsx';
import { FLAGGED_NAMES, reviewLink, SAVED_REPLIES } from '#components/links.ts';
import { formatCount } from '#components/ui/format-number.ts';
import { TabNav } from '#components/ui/tab-nav.tsx';
import { countQueue, QUEUE_VIEWS, type QueueView } from '#lib/aliases/queries.ts';
import { countFlaggedNames } from '#lib/aliases/review/review-names.ts';
import { getApp } from '#lib/app.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { toggleAutoAdvance } from '../../review/actions.ts';
import { isAutoAdvanceOn } from './auto-advance.ts';
import { SitePage } from './site-page.tsx';

const VIEW_TITLES: Record<QueueView, string> = {
  open: 'Open',
  mine: 'Mine',
  second: 'Second approval',
  waiting: 'Waiting for requester',
  appeals: 'Appeals',
  decided: 'Decided',
};

type ReviewPageProps = {
  caller: UserCaller;
  at: QueueView | 'names' | 'replies' | 'request';
  q?: string;
  children: ReactNode;
};

/** The frame of the reviewers' pages: queue views with counts, and shortcuts. */
export async function ReviewPage({ caller, at, q, children }: ReviewPageProps) {
  const [counts, flagged, isAdvancing] = await Promise.all([
    countQueue(getApp(), { caller }),
    countFlaggedNames(getApp()),
    isAutoAdvanceOn(),
  ]);
  const names = { text: 'Flagged names', href: FLAGGED_NAMES, count: formatCount(flagged) };
  const tabs = QUEUE_VIEWS.map((view) => ({
    text: VIEW_TITLES[view],
    href: reviewLink({ view, q }),
    isCurrent: view === at,
    count: formatCount(counts[view]),
  }));
  return (
    <SitePage>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="text-lg font-semibold">Review</p>
        <div className="flex items-center gap-2">
          <form action={toggleAutoAdvance}>
            <button
              aria-pressed={isAdvancing}
              className="button button-small"
              name="advance"
              title="After a decision, go to the next open request"
              value={isAdvancing ? '0' : '1'}
            >
              Auto-advance: {isAdvancing ? 'on' : 'off'}
            </button>
          </form>
          <KeysHelp />
        </div>
      </div>
      <TabNav
        label="Review"
        tabs={[
          ...tabs,
          { ...names, isCurrent: at === 'names' },
          { text: 'Saved replies', href: SAVED_REPLIES, isCurrent: at === 'replies' },
        ]}
      />
      <div className="pt-4">{children}</div>
      <ReviewKeys />
    </SitePage>
  );
}
