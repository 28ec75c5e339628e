import type { Metadata } from 'next';
import { DigestForm } from '#components/following/digest-form.tsx';
import { FeedList } from '#components/following/feed-list.tsx';
import { FollowedList, StarredList } from '#components/following/followed-list.tsx';
import { FOLLOWING, searchLink, withQuery } from '#components/links.ts';
import { PrivateFeed } from '#components/following/private-feed.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { getApp } from '#lib/app.ts';
import { listFollowed, listStarred, readDigestChoice } from '#lib/following/following-queries.ts';
import { findFeedLink } from '#lib/following/private-feed/find-feed-link.ts';
import { readFeed } from '#lib/following/read-feed.ts';
import { parseFeedCursor } from '#lib/following/schema.ts';
import { createFeedUrl, revokeFeedUrl, saveDigest } from './actions.ts';
import { setPublisherFollow, setRepositoryFollow, setStar } from '../../_lib/actions/follow-actions.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';

export const metadata: Metadata = { title: 'Following', robots: { index: false } };

const PAGE_SIZE = 50;
const MAX_STARS_SHOWN = 100;

export default async function FollowingPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(FOLLOWING);
  const { userId } = caller.principal;
  const before = parseFeedCursor(textParam(await searchParams, 'before'));
  const [feed, followed, starred, digest, link] = await Promise.all([
    readFeed(getApp(), { userId, before, limit: PAGE_SIZE }),
    listFollowed(getApp(), { userId }),
    listStarred(getApp(), { userId, offset: 0, limit: MAX_STARS_SHOWN }),
    readDigestChoice(getApp(), { userId }),
    findFeedLink(getApp(), { userId }),
  ]);
  const isEmpty = followed.repositories.length + followed.publishers.length + starred.total === 0;
  return (
    <ConsolePage at={FOLLOWING} caller={caller}>
      <h1 className="mb-4 text-xl font-semibold">Following</h1>
      {isEmpty && !link ? (
        <EmptyState title="You don’t follow anything yet">
          <p>
            Follow repositories to see what is pushed to them, and publishers to see their new repositories. The buttons
            are at the top of their pages.
          </p>
          <a className="button w-fit" href={searchLink({})}>
            Explore
          </a>
        </EmptyState>
      ) : (
        <div className="grid gap-x-8 gap-y-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
          <div className="min-w-0">
            {feed.items.length === 0 ? (
              <p className="text-muted">{noItems(before !== null)}</p>
            ) : (
              <FeedList items={feed.items} />
            )}
            {feed.next && (
              <a className="button mt-4" href={withQuery(FOLLOWING, { before: feed.next })}>
                Show older
              </a>
            )}
          </div>
          <aside aria-label="What you follow and starred" className="flex min-w-0 flex-col gap-6">
            <FollowedList
              followPublisher={setPublisherFollow}
              followRepository={setRepositoryFollow}
              followed={followed}
            />
            <StarredList {...starred} star={setStar} />
            <PrivateFeed create={createFeedUrl} revoke={revokeFeedUrl} url={link?.url ?? null} />
            {getApp().mailer && <DigestForm action={saveDigest} choice={digest} />}
          </aside>
        </div>
      )}
    </ConsolePage>
  );
}

function noItems(isLaterPage: boolean): string {
  return isLaterPage ? 'No older updates.' : 'No updates yet. Pushes to what you follow appear here.';
}
