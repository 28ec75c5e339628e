import type { Followed } from '#lib/following/following-queries.ts';
import { AvatarTile } from '../catalog/avatar-tile.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { publisherLink, repositoryLink } from '../links.ts';
import { FollowButton } from './follow-button.tsx';

type FollowedListProps = { followed: Followed; followRepository: FormAction; followPublisher: FormAction };

export function FollowedList({ followed, followRepository, followPublisher }: FollowedListProps) {
  const publishers = followed.publishers.map(({ alias, displayName, logoId }) => {
    return { target: alias, text: displayName || alias, logoId, href: publisherLink(alias), action: followPublisher };
  });
  const repositories = followed.repositories.map(({ alias, name, logoId }) => {
    const target = `${alias}/${name}`;
    return { target, text: target, logoId, href: repositoryLink({ alias, name }), action: followRepository };
  });
  return (
    <>
      <List rows={repositories} title="Repositories" />
      <List rows={publishers} title="Publishers" />
    </>
  );
}

type Row = { target: string; text: string; logoId: string | null; href: string; action: FormAction };

function List({ title, rows }: { title: string; rows: Row[] }) {
  if (rows.length === 0) return null;
  return (
    <section>
      <h2 className="mb-2 font-semibold">
        {title} <span className="font-normal text-muted tabular-nums">{rows.length}</span>
      </h2>
      <ul className="flex flex-col gap-2">
        {rows.map(({ target, text, logoId, href, action }) => (
          <li className="flex items-center gap-2.5" key={target}>
            <AvatarTile logoId={logoId} name={text.split('/').at(-1) ?? text} size="small" />
            <a className="min-w-0 flex-1 wrap-anywhere hover:underline" dir="auto" href={href}>
              {text}
            </a>
            <FollowButton action={action} isFollowed isSignedIn isSmall target={target} />
          </li>
        ))}
      </ul>
    </section>
  );
}
