import type { ReactNode } from 'react';
import type { PublisherFacts } from '#lib/aliases/review/review-queries.ts';
import { publisherLink, reviewRequestLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { RequestState } from './request-state.tsx';

const MAX_PAST = 10;

/** Facts about the requesting registry. */
export function PublisherCard({ facts, registryId }: { facts: PublisherFacts; registryId: string }) {
  const { displayName, primaryAlias, aliases, repositoryCount, memberCount, accountSince, verified } = facts;
  return (
    <dl className="grid grid-cols-[max-content_1fr] items-baseline gap-x-6 gap-y-1.5 text-sm">
      <Fact term="Publisher">
        <a className="link break-words" href={publisherLink(primaryAlias)}>
          {displayName || primaryAlias}
        </a>{' '}
        <span className="font-mono text-muted">{registryId}</span>
      </Fact>
      <Fact term="Verified">
        {verified ? (
          <>
            <Chip icon="verified" tone="accent">
              {verified.by}
            </Chip>{' '}
            {verified.note} <TimeAgo date={verified.at} />
          </>
        ) : (
          'no'
        )}
      </Fact>
      <Fact term="Aliases">
        <span className="font-mono break-words">{aliases.join(', ')}</span>
      </Fact>
      <Fact term="Repositories">{formatCount(repositoryCount)}</Fact>
      <Fact term="Members">{formatCount(memberCount)}</Fact>
      <Fact term="Account created">{accountSince ? <TimeAgo date={accountSince} /> : 'no owner'}</Fact>
    </dl>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}

export function PastRequests({ requests }: { requests: PublisherFacts['requests'] }) {
  if (requests.length === 0) return <p className="text-sm text-muted">None. This is their first request.</p>;
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {requests.slice(0, MAX_PAST).map((request) => (
        <li className="flex flex-wrap items-center gap-x-3" key={request.id}>
          <a className="link font-mono break-all" href={reviewRequestLink(request.id)}>
            {request.name}
          </a>
          <RequestState request={request} />
          <span className="text-muted">
            <TimeAgo date={request.updatedAt} />
          </span>
        </li>
      ))}
      {requests.length > MAX_PAST && <li className="text-muted">and {requests.length - MAX_PAST} more</li>}
    </ul>
  );
}
