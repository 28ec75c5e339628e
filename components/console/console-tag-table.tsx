import type { PlatformView, TagView } from '#lib/gallery/tag-queries.ts';
import { repositoryLink, type RepositoryLink } from '../links.ts';
import { downloadSizeText, platformText } from '../tags/platform-text.ts';
import { ShortDigest } from '../tags/short-digest.tsx';
import { TagCommands } from '../tags/tag-commands.tsx';
import { Chip } from '../ui/chip.tsx';
import { DenseTable } from '../ui/dense-table.tsx';
import { countOf, formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

type ConsoleTagTableProps = {
  repository: RepositoryLink;
  /** `HOST/ALIAS/NAME` */
  address: string;
  isPrivate: boolean;
  tags: TagView[];
  featuredTag: string | null;
  isMirrored: boolean;
  /** Whether the viewer may select tags to delete. */
  canDelete: boolean;
};

/** Tags, each with a checkbox that also submits the digest. On a phone, each row is a card. */
export function ConsoleTagTable({ tags, isMirrored, ...row }: ConsoleTagTableProps) {
  const columns = [
    'Tag',
    isMirrored ? 'Fetched' : 'Pushed',
    'Size',
    'Platforms',
    'Pulled',
    'Pulls in 30 days',
    'Digest',
    'Copy',
  ];
  return (
    <DenseTable columns={columns} label="Table of tags" width="wide">
      {tags.map((tag) => (
        <Row key={tag.tag} {...row} tag={tag} />
      ))}
    </DenseTable>
  );
}

type RowProps = Omit<ConsoleTagTableProps, 'tags' | 'isMirrored'> & { tag: TagView };

function Row({ tag, repository, address, isPrivate, featuredTag, canDelete }: RowProps) {
  return (
    <tr className="border-t border-line align-top hover:bg-surface [&>*]:px-3 [&>*]:py-2">
      <th className="block text-left font-normal sm:table-cell sm:max-w-72 sm:min-w-36" scope="row">
        <span className="flex items-start gap-2">
          {canDelete && (
            <input
              aria-label={`Select ${tag.tag}`}
              className="mt-0.5 size-4 shrink-0 accent-accent"
              name="tag"
              type="checkbox"
              value={`${tag.tag}@${tag.digest}`}
            />
          )}
          <span className="min-w-0">
            <a
              className="font-mono font-semibold break-all hover:underline"
              href={repositoryLink({ ...repository, item: { tag: tag.tag } })}
            >
              {tag.tag}
            </a>
            {tag.tag === featuredTag && (
              <>
                {' '}
                <Chip tone="accent">featured</Chip>
              </>
            )}
            <span className="block text-xs text-muted sm:hidden">
              <PlatformNames platforms={tag.platforms} />
            </span>
            <span className="block text-xs text-muted tabular-nums sm:hidden">
              <TimeAgo date={tag.pushedAt} /> · {downloadSizeText(tag)} · {countOf(tag.recentPulls, 'pull')} in 30 days
              ·{' '}
              {tag.lastPulledAt ? (
                <>
                  pulled <TimeAgo date={tag.lastPulledAt} />
                </>
              ) : (
                'never pulled'
              )}
            </span>
          </span>
        </span>
      </th>
      <td className="max-sm:hidden">
        <TimeAgo date={tag.pushedAt} />
      </td>
      <td className="whitespace-nowrap tabular-nums max-sm:hidden">{downloadSizeText(tag)}</td>
      <td className="max-sm:hidden">
        <PlatformNames platforms={tag.platforms} />
      </td>
      <td className="max-sm:hidden">{tag.lastPulledAt ? <TimeAgo date={tag.lastPulledAt} /> : 'never'}</td>
      <td className="tabular-nums max-sm:hidden">{formatCount(tag.recentPulls)}</td>
      <td className="max-sm:hidden">
        <ShortDigest digest={tag.digest} />
      </td>
      <td className="max-sm:block max-sm:pt-0">
        <TagCommands address={address} isPrivate={isPrivate} name={repository.name} tag={tag} />
      </td>
    </tr>
  );
}

const SHOWN_PLATFORMS = 3;

function PlatformNames({ platforms }: { platforms: PlatformView[] }) {
  const names = platforms.map(platformText);
  const more = names.length - SHOWN_PLATFORMS;
  return (
    <span title={names.join(', ')}>
      {names.slice(0, SHOWN_PLATFORMS).join(', ')}
      {more > 0 && ` and ${more} more`}
    </span>
  );
}
