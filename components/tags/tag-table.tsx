import type { TagOrder, TagSort } from '#lib/gallery/tag-query.ts';
import type { TagView } from '#lib/gallery/tag-queries.ts';
import { repositoryLink, type RepositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
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

/** Lists tags, of which two can be compared without scripts. Below 1024 px, each row is a card. */
export function TagTable({ repository, tags, sort, isMirrored, featuredTag, pullDays }: TagTableProps) {
  const { alias, name } = repository;
  return (
    <form action={repositoryLink({ alias, name, item: { view: 'compare' } })} aria-label="Compare tags">
      <div className="rounded-lg border border-line">
        <table className="w-full border-collapse text-sm max-lg:block">
          <thead className="bg-surface text-left max-lg:hidden">
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
              <Header isWide text="Created" />
              <Header text="Digest" />
            </tr>
          </thead>
          <tbody className="max-lg:block">
            {tags.map((tag, i) => (
              <TagRow
                canCompare={tags.length > 1}
                continuesDigest={tags[i - 1]?.digest === tag.digest}
                isFeatured={tag.tag === featuredTag}
                key={tag.tag}
                pullDays={pullDays}
                repository={repository}
                tag={tag}
              />
            ))}
          </tbody>
        </table>
      </div>
      {tags.length > 1 && (
        <p className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1">
          <button className="button">Compare tags</button>
          <span className="text-sm text-muted">Select two tags</span>
        </p>
      )}
    </form>
  );
}

/** `isWide`: shown only where it fits next to the facts. */
function Header({ text, isWide = false }: { text: string; isWide?: boolean }) {
  return (
    <th className={`px-2 py-2 font-medium text-muted ${isWide ? 'max-xl:hidden' : ''}`} scope="col">
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

type TagRowProps = {
  repository: RepositoryLink;
  tag: TagView;
  isFeatured: boolean;
  continuesDigest: boolean;
  canCompare: boolean;
  pullDays: number;
};

const CELL = 'py-2 align-top max-lg:inline-block max-lg:py-0.5 max-lg:pr-3 max-lg:pl-0 lg:px-2';

/** Tags of the same digest are grouped when they follow each other. */
function TagRow({ repository, tag, isFeatured, continuesDigest, canCompare, pullDays }: TagRowProps) {
  const href = repositoryLink({ ...repository, item: { tag: tag.tag } });
  return (
    <tr className="border-line not-first:border-t hover:bg-surface max-lg:block max-lg:px-3 max-lg:py-2 lg:first:border-t">
      <th
        className="py-2 text-left align-top font-normal max-lg:block max-lg:py-0 lg:max-w-52 lg:min-w-36 lg:pr-2 lg:pl-3"
        scope="row"
      >
        <span className="flex items-start gap-2">
          {canCompare && (
            <label className="-my-1 -ml-1 flex size-7 shrink-0 items-center justify-center">
              <span className="sr-only">Select {tag.tag}</span>
              <input className="size-4 accent-accent" name="tag" type="checkbox" value={tag.tag} />
            </label>
          )}
          <span className="min-w-0 flex-1">
            <a className="inline-block min-h-6 font-mono font-semibold wrap-anywhere hover:underline" href={href}>
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
          </span>
          <CopyButton className="-my-0.5" label={`Copy tag ${tag.tag}`} text={tag.tag} />
        </span>
      </th>
      <td className={`${CELL} max-lg:block lg:min-w-28`}>
        <Platforms tag={tag} />
      </td>
      <td className={`${CELL} whitespace-nowrap tabular-nums`}>{downloadSizeText(tag)}</td>
      <td className={`${CELL} tabular-nums lg:text-right`}>
        {formatCount(tag.recentPulls)}
        <span className="lg:hidden">
          {tag.recentPulls === 1 ? ' pull' : ' pulls'} in {pullDays} days
        </span>
      </td>
      <td className={CELL}>
        <a
          className="inline-block min-h-6 underline decoration-line-control decoration-dotted underline-offset-4 hover:decoration-current"
          href={`${href}#history`}
        >
          <span className="lg:hidden">pushed </span>
          <TimeAgo date={tag.pushedAt} />
          <span className="sr-only">, history of {tag.tag}</span>
        </a>
      </td>
      <td className={`${CELL} lg:max-xl:hidden`}>
        {tag.imageCreatedAt ? (
          <>
            <span className="lg:hidden">created </span>
            <TimeAgo date={tag.imageCreatedAt} />
          </>
        ) : (
          <span className="max-lg:hidden">–</span>
        )}
      </td>
      <td className={`${CELL} lg:py-1`}>
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
