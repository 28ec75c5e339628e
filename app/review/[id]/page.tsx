import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache, type ReactNode } from 'react';
import { CheckList } from '#components/aliases/check-list.tsx';
import { RequestThread } from '#components/aliases/request-thread.tsx';
import { DecisionPanel } from '#components/review/decision-panel.tsx';
import { LookAlikeList, ProofList } from '#components/review/evidence.tsx';
import { PastRequests, PublisherCard } from '#components/review/publisher-card.tsx';
import { RequestNavigation } from '#components/review/request-navigation.tsx';
import { RequestState } from '#components/review/request-state.tsx';
import { stanceOf } from '#components/review/stance.ts';
import { StayCurrent } from '#components/review/stay-current.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getRequest, type RequestDetail } from '#lib/aliases/queries.ts';
import { findNeighbours, getPublisherFacts } from '#lib/aliases/review/review-queries.ts';
import { listSavedReplies } from '#lib/aliases/review/saved-replies.ts';
import { DECLINE_SENTENCES } from '#lib/aliases/schema.ts';
import { getApp } from '#lib/app.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { DecidedNotice } from '../../_lib/frames/decided-notice.tsx';
import { ReviewPage } from '../../_lib/frames/review-page.tsx';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { requireReviewer } from '../../_lib/session/staff.ts';
import { renewClaimAction, reviewAction } from '../actions.ts';

const DECLINE_REASONS = Object.entries(DECLINE_SENTENCES).map(([value, text]) => ({ value, text }));

type PageProps = { params: Promise<{ id: string }>; searchParams: Promise<RawSearchParams> };

/** Once per request, for the metadata and the page. */
const loadRequest = cache(async (id: string) => {
  const caller = await requireReviewer();
  const request = await getRequest(getApp(), { caller, id }).catch((error: unknown) => {
    if (isAppError(error) && error.code === 'not_found') notFound();
    throw error;
  });
  return { caller, request };
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  await loadRequest((await params).id);
  return { title: 'Review request', robots: { index: false } };
}

export default async function ReviewRequestPage({ params, searchParams }: PageProps) {
  const { id } = await params;
  const { caller, request } = await loadRequest(id);
  const neighbours = await findNeighbours(getApp(), { caller, id });
  return (
    <ReviewPage at="request" caller={caller}>
      <DecidedNotice caller={caller} id={textParam(await searchParams, 'after')} />
      <div className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="font-mono text-xl font-semibold break-all">{request.name}</h1>
        <RequestState request={request} />
        {request.isAppeal && <Chip tone="accent">Appeal</Chip>}
        {request.needsTwo && <Chip title="Two reviewers must agree">Two reviewers</Chip>}
        <span className="text-sm text-muted">
          risk {request.risk}
          {request.submittedAt && (
            <>
              , waiting since <TimeAgo date={request.submittedAt} />
            </>
          )}
        </span>
        <RequestNavigation {...neighbours} />
      </div>
      <Desk caller={caller} request={request} />
    </ReviewPage>
  );
}

/** The request on the left, evidence and decision on the right. */
async function Desk({ caller, request }: { caller: UserCaller; request: RequestDetail }) {
  const { id, version, name, registryId } = request;
  const [facts, replies] = await Promise.all([
    getPublisherFacts(getApp(), { caller, registryId, name }),
    listSavedReplies(getApp(), { caller }),
  ]);
  const stance = stanceOf(request);
  const hasFirst = request.needsTwo && request.isFirstApproved;
  return (
    <div className="grid gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)]">
      <div className="flex min-w-0 flex-col gap-6">
        <Part title="Request">
          <p className="break-words whitespace-pre-wrap">{request.purpose}</p>
          <Links links={request.links} />
        </Part>
        <Part title="Requester">
          <PublisherCard facts={facts} registryId={registryId} />
        </Part>
        <Part title="Other requests">
          <PastRequests requests={facts.requests.filter((other) => other.id !== id)} />
        </Part>
      </div>
      <div className="flex min-w-0 flex-col gap-6">
        <Part title="Checks">
          <CheckList checks={request.checks} />
        </Part>
        <Part title="Evidence">
          <ProofList proofs={request.proofs} />
        </Part>
        <Part title="Look-alikes">
          <LookAlikeList lookAlikes={facts.lookAlikes} />
        </Part>
        <DecisionPanel
          action={reviewAction.bind(null, { id, version })}
          approval={request.needsTwo ? (hasFirst ? 'second' : 'first') : null}
          declineReasons={DECLINE_REASONS}
          isFlagged={request.risk > 0}
          replies={replies}
          stance={stance}
        />
        <Part title="Thread">
          <RequestThread entries={request.entries} />
        </Part>
      </div>
      <StayCurrent renew={stance.kind === 'mine' ? renewClaimAction.bind(null, id) : null} />
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-2 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Links({ links }: { links: string[] }) {
  return (
    <ul className="mt-2 flex flex-col gap-1 empty:hidden">
      {links.map((link) => (
        <li key={link}>
          <a className="link break-all" href={link} rel="nofollow noopener noreferrer">
            {link}
          </a>
        </li>
      ))}
    </ul>
  );
}
