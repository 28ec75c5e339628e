import { FollowButton } from '#components/following/follow-button.tsx';
import type { PublisherPage } from '#lib/gallery/gallery-queries.ts';
import { isPublisherFollowed } from '#lib/following/following-queries.ts';
import { getApp } from '#lib/app.ts';
import { setPublisherFollow } from '../_lib/actions/follow-actions.ts';
import { getCaller } from '../_lib/session/session.ts';

type PublisherFollowButtonProps = { publisher: Pick<PublisherPage, 'registryId' | 'primaryAlias'> };

export async function PublisherFollowButton({ publisher }: PublisherFollowButtonProps) {
  const { registryId, primaryAlias } = publisher;
  const caller = await getCaller();
  const isFollowed =
    caller !== null && (await isPublisherFollowed(getApp(), { registryId, userId: caller.principal.userId }));
  return (
    <FollowButton
      action={setPublisherFollow}
      isFollowed={isFollowed}
      isSignedIn={caller !== null}
      target={primaryAlias}
    />
  );
}
