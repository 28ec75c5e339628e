import type { TagSort, TagView } from '#lib/catalog/tag-queries.ts';
import { repositoryLink, type RepositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { formatBytes } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { downloadSizeText, platformText } from './platform-text.ts';
import { ShortDigest } from './short-digest.tsx';

type Sorting = { by: TagSort; direction: 'asc' | 'desc'; href: (column: TagSort) => string };
type TagTableProps = { repository: RepositoryLink; tags: TagView[]; sort: Sorting; isMirrored: boolean };

const MAX_PLATFORMS = 4;

export function TagTable({ repository, tags, sort, isMirrored }: TagTableProps) {
  return (
    <div
      className="relative overflow-x-auto rounded-lg border border-line"
      role="region"
      aria-label="Table of tags"
      tabIndex={0}
    >
      <table className="w-full min-w-[46rem] border-collapse text-sm">
        <thead className="bg-surface text-left">
          <tr>
            <SortHeader column="name" sort={sort} text="Tag" />
            <Header text="Platforms" />
            <SortHeader column="size" sort={sort} text="Size" />
            <SortHeader column="pushed" sort={sort} text={isMirrored ? 'Fetched' : 'Pushed'} />
            <Header text="Created" />
            <Header text="Digest" />
          </tr>
        </thead>
        <tbody>
          {tags.map((tag) => (
            <TagRow key={tag.tag} repository={repository} tag={tag} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Header({ text }: { text: string }) {
  return (
    <th className="px-3 py-2 font-medium text-muted" scope="col">
      {text}
    </th>
  );
}

function SortHeader({ column, text, sort }: { column: TagSort; text: string; sort: Sorting }) {
  const isSorted = sort.by === column;
  const direction = sort.direction === 'asc' ? 'ascending' : 'descending';
  return (
    <th aria-sort={isSorted ? direction : undefined} className="px-3 py-2 font-medium" scope="col">
      <a
        className={`inline-flex min-h-6 items-center gap-1 hover:text-ink ${isSorted ? 'text-ink' : 'text-muted'}`}
        href={sort.href(column)}
      >
        {text}
        <span aria-hidden="true">{isSorted ? (sort.direction === 'asc' ? '↑' : '↓') : '↕'}</span>
      </a>
    </th>
  );
}

function TagRow({ repository, tag }: { repository: RepositoryLink; tag: TagView }) {
  return (
    <tr className="border-t border-line align-top hover:bg-surface">
      <th className="max-w-44 px-3 py-2 text-left font-normal" scope="row">
        <a
          className="font-mono font-semibold break-words hover:underline"
          href={repositoryLink({ ...repository, item: { tag: tag.tag } })}
        >
          {tag.tag}
        </a>
        {tag.sameDigestTags.length > 0 && (
          <p className="text-xs break-words text-muted">
            same as <span className="font-mono">{tag.sameDigestTags.join(', ')}</span>
          </p>
        )}
      </th>
      <td className="min-w-54 px-3 py-2">
        <Platforms tag={tag} />
      </td>
      <td className="px-3 py-2 whitespace-nowrap tabular-nums">{downloadSizeText(tag)}</td>
      <td className="px-3 py-2">
        <TimeAgo date={tag.pushedAt} />
      </td>
      <td className="px-3 py-2">{tag.imageCreatedAt ? <TimeAgo date={tag.imageCreatedAt} /> : '–'}</td>
      <td className="px-3 py-1">
        <ShortDigest digest={tag.digest} />
      </td>
    </tr>
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
