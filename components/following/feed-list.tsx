import type { FeedItem } from '#lib/following/read-feed.ts';
import { repositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const MAX_TAGS_SHOWN = 8;

/** What happened in followed things, newest first. */
export function FeedList({ items }: { items: FeedItem[] }) {
  return (
    <ol className="divide-y divide-line rounded-lg border border-line">
      {items.map((item) => (
        <li className="px-3 py-2.5" key={`${item.kind} ${item.alias}/${item.name} ${item.at.getTime()}`}>
          <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
            <a className="link min-w-0 font-mono wrap-anywhere" href={repositoryLink(item)}>
              {item.alias}/{item.name}
            </a>
            <Event item={item} />
            <span className="ml-auto text-sm text-muted">
              <TimeAgo date={item.at} />
            </span>
          </p>
          <Detail item={item} />
        </li>
      ))}
    </ol>
  );
}

function Event({ item }: { item: FeedItem }) {
  if (item.kind === 'deprecation') return <Chip tone="warning">Deprecated</Chip>;
  if (item.kind === 'repository') return <Chip tone="accent">New repository</Chip>;
  return (
    <span className="text-muted">{item.tags.length === 1 ? 'pushed a tag' : `pushed ${item.tags.length} tags`}</span>
  );
}

function Detail({ item }: { item: FeedItem }) {
  if (item.kind === 'push') return <PushedTags item={item} />;
  const text = item.kind === 'repository' ? item.description : item.text;
  return (
    text && (
      <p className="line-clamp-3 text-muted wrap-anywhere" dir="auto">
        {text}
      </p>
    )
  );
}

function PushedTags({ item: { alias, name, tags } }: { item: FeedItem & { kind: 'push' } }) {
  const more = tags.length - MAX_TAGS_SHOWN;
  return (
    <ul className="mt-1 flex flex-wrap gap-1.5">
      {tags.slice(0, MAX_TAGS_SHOWN).map((tag) => (
        <li className="min-w-0" key={tag}>
          <a
            className="inline-block max-w-full rounded border border-line bg-surface px-1.5 font-mono text-xs leading-6 wrap-anywhere hover:border-accent"
            href={repositoryLink({ alias, name, item: { tag } })}
          >
            {tag}
          </a>
        </li>
      ))}
      {more > 0 && (
        <li>
          <a className="link text-xs leading-6" href={repositoryLink({ alias, name, tab: 'tags' })}>
            {more} more
          </a>
        </li>
      )}
    </ul>
  );
}
