import type { PullInsights } from '#lib/gallery/insight-queries.ts';
import { repositoryLink } from '../links.ts';
import { countOf, formatCount } from '../ui/format-number.ts';

type TagPullsProps = { repository: { alias: string; name: string }; insights: PullInsights };

/** A table with a bar in each row. */
export function TagPullTable({ repository, insights: { byTag, otherTags } }: TagPullsProps) {
  const max = Math.max(...byTag.map(({ count }) => count), 1);
  return (
    <>
      <table className="w-full border-collapse text-sm">
        <thead className="sr-only">
          <tr>
            <th scope="col">Tag</th>
            <th scope="col">Share</th>
            <th scope="col">Pulls</th>
          </tr>
        </thead>
        <tbody>
          {byTag.map(({ tag, count }) => (
            <tr className="border-b border-line last:border-0" key={tag ?? ''}>
              <th className="w-2/5 max-w-40 py-1.5 pr-3 text-left font-normal break-words" scope="row">
                {tag === null ? (
                  'By digest'
                ) : (
                  <a className="link font-mono" href={repositoryLink({ ...repository, tab: 'tags' }, { q: tag })}>
                    {tag}
                  </a>
                )}
              </th>
              <td className="py-1.5">
                <svg aria-hidden="true" className="block h-3 w-full" preserveAspectRatio="none" viewBox="0 0 100 1">
                  <rect className="fill-surface-strong" height="1" width="100" />
                  <rect className="fill-accent" height="1" width={(count / max) * 100} />
                </svg>
              </td>
              <td className="w-px py-1.5 pl-3 text-right whitespace-nowrap tabular-nums">{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {otherTags.count > 0 && (
        <p className="mt-2 text-sm text-muted tabular-nums">
          and {countOf(otherTags.pulls, 'pull')} of {countOf(otherTags.count, 'other tag')}
        </p>
      )}
    </>
  );
}
