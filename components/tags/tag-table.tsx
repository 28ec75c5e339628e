import type { TagOrder, TagSort } from '#lib/gallery/tag-query.ts';
import type { TagView } from '#lib/gallery/tag-queries.ts';
import { repositoryLink, type RepositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { formatBytes, formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { downloadSizeText, platformText } from './platform-text.ts';
import { ShortDigest } from './short-digest.tsx';

type Sorting = { by: TagSort; direction: 'asc' | 'desc'; href: (order: TagOrder) => string };
type TagTableProps = {
  repository: RepositoryLink;
  tags: TagView[];
  sort: Sorting;
  isMirrored: boolean;
  featuredTag: string | null;
  /** Number of days that pulls are counted for. */
  pullDays: number;
};

const MAX_PLATFORMS = 4;
const MAX_SAME_DIGEST = 3;

export function TagTable({ repository, tags, sort, isMirrored, featuredTag, pullDays }: TagTableProps) {
  return (
    <div
      className="relative overflow-x-auto rounded-lg border border-line"
      role="region"
      aria-label="Table of tags"
      tabIndex={0}
    >
      <table className="w-full min-w-[47rem] border-collapse text-sm">
        <thead className="bg-surface text-left">
          <tr>
            <SortHeader column="name" first="asc" sort={sort} text="Tag" />
            <Header text="Platforms" />
            <SortHeader column="size" first="desc" sort={sort} text="Size" />
            <SortHeader
              column="pulls"
              first="desc"
              sort={sort}
              text="Pulls"
              title={`Pulls of this tag in the last ${pullDays} days`}
            />
            <SortHeader column="pushed" first="desc" sort={sort} text={isMirrored ? 'Fetched' : 'Pushed'} />
            <Header text="Created" />
            <Header text="Digest" />
          </tr>
        </thead>
        <tbody>
          {tags.map((tag, i) => (
            <TagRow
              continuesDigest={tags[i - 1]?.digest === tag.digest}
              isFeatured={tag.tag === featuredTag}
              key={tag.tag}
              repository={repository}
              tag={tag}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Header({ text }: { text: string }) {
  return (
    <th className="px-2 py-2 font-medium text-muted" scope="col">
      {text}
    </th>
  );
}

type SortHeaderProps = {
  column: TagSort;
  text: string;
  title?: string;
  sort: Sorting;
  /** The direction of the first click. */
  first: 'asc' | 'desc';
};

function SortHeader({ column, text, title, sort, first }: SortHeaderProps) {
  const isSorted = sort.by === column;
  const turned = sort.direction === 'asc' ? 'desc' : 'asc';
  return (
    <th
      aria-sort={isSorted ? (sort.direction === 'asc' ? 'ascending' : 'descending') : undefined}
      className={`px-2 py-2 font-medium first:pl-3 ${column === 'pulls' ? 'text-right' : ''}`}
      scope="col"
      title={title}
    >
      <a
        className={`inline-flex min-h-6 items-center gap-1 hover:text-ink ${isSorted ? 'text-ink' : 'text-muted'}`}
        href={sort.href({ sort: column, direction: isSorted ? turned : first })}
      >
        {text}
        <span aria-hidden="true">{isSorted ? (sort.direction === 'asc' ? '↑' : '↓') : '↕'}</span>
      </a>
    </th>
  );
}

type TagRowProps = { repository: RepositoryLink; tag: TagView; isFeatured: boolean; continuesDigest: boolean };

function TagRow({ repository, tag, isFeatured, continuesDigest }: TagRowProps) {
  const href = repositoryLink({ ...repository, item: { tag: tag.tag } });
  return (
    <tr className="border-t border-line align-top hover:bg-surface">
      <th className="max-w-52 min-w-36 py-2 pr-2 pl-3 text-left font-normal" scope="row">
        <a className="inline-block min-h-6 font-mono font-semibold break-words hover:underline" href={href}>
          {tag.tag}
        </a>
        {isFeatured && (
          <>
            {' '}
            <Chip title="Featured by the publisher" tone="accent">
              featured
            </Chip>
          </>
        )}
        {tag.sameDigestCount > 0 && !continuesDigest && <SameDigest repository={repository} tag={tag} />}
      </th>
      <td className="min-w-28 px-2 py-2">
        <Platforms tag={tag} />
      </td>
      <td className="px-2 py-2 whitespace-nowrap tabular-nums">{downloadSizeText(tag)}</td>
      <td className="px-2 py-2 text-right tabular-nums">{formatCount(tag.recentPulls)}</td>
      <td className="px-2 py-2">
        <a
          className="inline-block min-h-6 underline decoration-line-control decoration-dotted underline-offset-4 hover:decoration-current"
          href={`${href}#history`}
        >
          <TimeAgo date={tag.pushedAt} />
          <span className="sr-only">, history of {tag.tag}</span>
        </a>
      </td>
      <td className="px-2 py-2">{tag.imageCreatedAt ? <TimeAgo date={tag.imageCreatedAt} /> : '–'}</td>
      <td className="px-2 py-1">
        {continuesDigest ? (
          <p className="py-1 text-muted" title={tag.digest}>
            as above
          </p>
        ) : (
          <ShortDigest digest={tag.digest} />
        )}
      </td>
    </tr>
  );
}

/** Links to the rest, because the filter takes a digest. */
function SameDigest({ repository, tag }: Pick<TagRowProps, 'repository' | 'tag'>) {
  const names = tag.sameDigestTags.slice(0, MAX_SAME_DIGEST);
  const more = tag.sameDigestCount - names.length;
  return (
    <div className="text-xs text-muted">
      <p className="line-clamp-2 break-words">
        same as <span className="font-mono">{names.join(', ')}</span>
      </p>
      {more > 0 && (
        <a className="link inline-block min-h-6" href={repositoryLink(repository, { q: tag.digest, sort: 'name' })}>
          and {formatCount(more)} more
        </a>
      )}
    </div>
  );
}

function Platforms({ tag }: { tag: TagView }) {
  if (tag.platforms.length === 0) return '–';
  const hidden = tag.platforms.slice(MAX_PLATFORMS);
  return (
    <ul className="flex flex-wrap gap-1">
      {tag.platforms.slice(0, MAX_PLATFORMS).map((platform) => (
        <li className="flex" key={platform.digest + platformText(platform)}>
          <Chip title={platform.sizeBytes === null ? 'Not stored here' : formatBytes(platform.sizeBytes)}>
            <span className="font-mono">{platformText(platform)}</span>
          </Chip>
        </li>
      ))}
      {hidden.length > 0 && (
        <li className="flex">
          <Chip title={hidden.map(platformText).join(', ')}>+{hidden.length}</Chip>
        </li>
      )}
    </ul>
  );
}
