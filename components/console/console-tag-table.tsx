import type { TagView } from '#lib/gallery/tag-queries.ts';
import { repositoryLink, type RepositoryLink } from '../links.ts';
import { downloadSizeText } from '../tags/platform-text.ts';
import { ShortDigest } from '../tags/short-digest.tsx';
import { Chip } from '../ui/chip.tsx';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

type ConsoleTagTableProps = {
  repository: RepositoryLink;
  tags: TagView[];
  featuredTag: string | null;
  isMirrored: boolean;
  /** Whether the viewer may select tags to delete. */
  canDelete: boolean;
};

/** Tags with a checkbox each, which submits what the tag points to as well. */
export function ConsoleTagTable({ repository, tags, featuredTag, isMirrored, canDelete }: ConsoleTagTableProps) {
  const columns = ['Tag', isMirrored ? 'Fetched' : 'Pushed', 'Size', 'Pulls in 30 days', 'Digest'];
  return (
    <DenseTable columns={columns} label="Table of tags" width="medium">
      {tags.map((tag) => (
        <DenseRow key={tag.tag}>
          <th className="max-w-72 text-left font-normal" scope="row">
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
              </span>
            </span>
          </th>
          <td>
            <TimeAgo date={tag.pushedAt} />
          </td>
          <td className="whitespace-nowrap tabular-nums">{downloadSizeText(tag)}</td>
          <td className="tabular-nums">{formatCount(tag.recentPulls)}</td>
          <td>
            <ShortDigest digest={tag.digest} />
          </td>
        </DenseRow>
      ))}
    </DenseTable>
  );
}
