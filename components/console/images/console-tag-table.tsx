import type { TagView } from '#lib/gallery/tag-queries.ts';
import { consoleRepositoryLink, repositoryLink } from '../../links.ts';
import { ImageCommands } from '../../tags/image-commands.tsx';
import { downloadSizeText } from '../../tags/platform-text.ts';
import { ShortDigest } from '../../tags/short-digest.tsx';
import { Chip } from '../../ui/chip.tsx';
import { DenseTable } from '../../ui/dense-table.tsx';
import { countOf, formatCount } from '../../ui/format-number.ts';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { LastPull, PlatformNames, RowCheckbox, type ImageListProps } from './image-cells.tsx';

type ConsoleTagTableProps = ImageListProps & { tags: TagView[]; featuredTag: string | null };

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

function Row({ tag, repository, address, isPrivate, featuredTag, canDelete, canSeePulls }: RowProps) {
  const pullsOf = { digest: tag.digest };
  const pullsHref = canSeePulls ? consoleRepositoryLink({ ...repository, tab: 'pulls' }, pullsOf) : null;
  return (
    <tr className="border-t border-line align-top hover:bg-surface [&>*]:px-3 [&>*]:py-2">
      <th className="block text-left font-normal sm:table-cell sm:max-w-72 sm:min-w-36" scope="row">
        <span className="flex items-start gap-2">
          {canDelete && <RowCheckbox about={tag.tag} name="tag" value={`${tag.tag}@${tag.digest}`} />}
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
              · last pull: <LastPull about={tag.tag} date={tag.lastPulledAt} pullsHref={pullsHref} />
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
      <td className="max-sm:hidden">
        <LastPull about={tag.tag} date={tag.lastPulledAt} pullsHref={pullsHref} />
      </td>
      <td className="tabular-nums max-sm:hidden">{formatCount(tag.recentPulls)}</td>
      <td className="max-sm:hidden">
        <ShortDigest digest={tag.digest} />
      </td>
      <td className="max-sm:block max-sm:pt-0">
        <ImageCommands address={address} image={tag} isPrivate={isPrivate} name={repository.name} />
      </td>
    </tr>
  );
}
