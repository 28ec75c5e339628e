import { ButtonForm } from '#components/forms/button-form.tsx';
import { AvatarTile } from '#components/catalog/avatar-tile.tsx';
import { VerifiedBadge } from '#components/catalog/verified-badge.tsx';
import { FLAGGED_NAMES, publisherLink, withQuery } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { listFlaggedNames, type FlaggedName } from '#lib/aliases/review/review-names.ts';
import { getApp } from '#lib/app.ts';
import { ReviewPage } from '../../_lib/frames/review-page.tsx';
import { pageParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { reviewerMetadata, requireReviewer } from '../../_lib/session/staff.ts';
import { decideNameAction } from './actions.ts';

export const generateMetadata = () => reviewerMetadata('Flagged names');

const PAGE_SIZE = 50;

export default async function FlaggedNamesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireReviewer();
  const page = pageParam(await searchParams);
  const range = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
  const { names, total } = await listFlaggedNames(getApp(), { caller, ...range });
  return (
    <ReviewPage at="names" caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Flagged names</h1>
      <p className="mb-4 max-w-2xl text-muted">
        Display names that could be mistaken for another publisher’s. Until you decide, the gallery shows the alias
        instead.
      </p>
      {names.length === 0 ? (
        <EmptyState title="No flagged names">
          <p>Display names that the checks flag appear here.</p>
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {names.map((name) => (
            <Row key={name.registryId} name={name} />
          ))}
        </ul>
      )}
      <Pager
        href={(target) => withQuery(FLAGGED_NAMES, { page: target === 1 ? null : target })}
        label="Pages of flagged names"
        page={page}
        pageSize={PAGE_SIZE}
        total={total}
      />
    </ReviewPage>
  );
}

function Row({
  name: { registryId, alias, displayName, logoId, reason, flaggedAt, verification, isOwnRegistry },
}: {
  name: FlaggedName;
}) {
  const decide = (isApproved: boolean) => decideNameAction.bind(null, { registryId, name: displayName, isApproved });
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-3 py-3">
      <div className="flex min-w-0 flex-1 basis-72 gap-3">
        <AvatarTile logoId={logoId} name={displayName} />
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2 font-semibold break-words">
            <bdi>{displayName}</bdi>
            {verification && <VerifiedBadge verification={verification} />}
          </p>
          <p className="text-sm text-muted">
            <a className="link font-mono" href={publisherLink(alias)}>
              {alias}
            </a>{' '}
            · flagged <TimeAgo date={flaggedAt} />
          </p>
          <p className="text-sm break-words" dir="auto">
            {reason}
          </p>
        </div>
      </div>
      {isOwnRegistry ? (
        <p className="text-sm text-muted">You belong to this registry. Another reviewer must decide.</p>
      ) : (
        <div className="flex items-start gap-2">
          <ButtonForm action={decide(true)} button="Approve name" />
          <ButtonForm action={decide(false)} button="Decline name" tone="danger" />
        </div>
      )}
    </li>
  );
}
