import { FollowButton } from '#components/following/follow-button.tsx';
import { StarButton } from '#components/following/star-button.tsx';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { readAttention } from '#lib/following/following-queries.ts';
import { getApp } from '#lib/app.ts';
import { setRepositoryFollow, setStar } from '../../_lib/actions/follow-actions.ts';
import { getCaller } from '../../_lib/session/session.ts';

/** The buttons to star and follow a public repository. */
export async function AttentionButtons({ repository }: { repository: RepositoryPage }) {
  const caller = await getCaller();
  const { starCount, isStarred, isFollowed } = caller
    ? await readAttention(getApp(), { repositoryId: repository.id, userId: caller.principal.userId })
    : { ...repository, isStarred: false, isFollowed: false };
  const toggle = { target: `${repository.primaryAlias}/${repository.name}`, isSignedIn: caller !== null };
  return (
    <>
      <StarButton {...toggle} action={setStar} isStarred={isStarred} starCount={starCount} />
      <FollowButton {...toggle} action={setRepositoryFollow} isFollowed={isFollowed} />
    </>
  );
}
