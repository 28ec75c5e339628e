import type { ReactNode } from 'react';
import type { Followed, StarredRepository } from '#lib/following/following-queries.ts';
import { AvatarTile } from '../catalog/avatar-tile.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { publisherLink, repositoryLink } from '../links.ts';
import { formatCount } from '../ui/format-number.ts';
import { FollowButton, ToggleButton } from './follow-button.tsx';

type FollowedListProps = { followed: Followed; followRepository: FormAction; followPublisher: FormAction };

export function FollowedList({ followed, followRepository, followPublisher }: FollowedListProps) {
  const { publishers, repositories } = followed;
  const follow = (target: string, action: FormAction) => (
    <FollowButton action={action} isFollowed isSignedIn isSmall target={target} />
  );
  return (
    <>
      <List count={repositories.length} title="Repositories">
        {repositories.map((one) => (
          <RepositoryItem key={fullNameOf(one)} repository={one}>
            {follow(fullNameOf(one), followRepository)}
          </RepositoryItem>
        ))}
      </List>
      <List count={publishers.length} title="Publishers">
        {publishers.map(({ alias, displayName, logoId }) => (
          <Item href={publisherLink(alias)} key={alias} logoId={logoId} name={displayName || alias}>
            {follow(alias, followPublisher)}
          </Item>
        ))}
      </List>
    </>
  );
}

type StarredListProps = { repositories: StarredRepository[]; total: number; star: FormAction };

export function StarredList({ repositories, total, star }: StarredListProps) {
  return (
    <List count={total} title="Starred">
      {repositories.map((one) => (
        <RepositoryItem key={fullNameOf(one)} repository={one}>
          <ToggleButton action={star} isOn isSignedIn isSmall target={fullNameOf(one)}>
            Unstar<span className="sr-only"> {fullNameOf(one)}</span>
          </ToggleButton>
        </RepositoryItem>
      ))}
    </List>
  );
}

type Named = { alias: string; name: string; logoId: string | null };

const fullNameOf = ({ alias, name }: Named) => `${alias}/${name}`;

function List({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <section>
      <h2 className="mb-2 font-semibold">
        {title} <span className="font-normal text-muted tabular-nums">{formatCount(count)}</span>
      </h2>
      <ul className="flex flex-col gap-2">{children}</ul>
    </section>
  );
}

function RepositoryItem({ repository, children }: { repository: Named; children: ReactNode }) {
  const { alias, name, logoId } = repository;
  return (
    <Item href={repositoryLink({ alias, name })} logoId={logoId} name={`${alias}/${name}`}>
      {children}
    </Item>
  );
}

type ItemProps = { href: string; logoId: string | null; name: string; children: ReactNode };

function Item({ href, logoId, name, children }: ItemProps) {
  return (
    <li className="flex items-center gap-2.5">
      <AvatarTile logoId={logoId} name={name.split('/').at(-1) ?? name} size="small" />
      <a className="min-w-0 flex-1 wrap-anywhere hover:underline" dir="auto" href={href}>
        {name}
      </a>
      {children}
    </li>
  );
}
