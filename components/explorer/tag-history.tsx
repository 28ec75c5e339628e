import type { TagEventView } from '#lib/gallery/manifest-queries.ts';
import { compareLink, repositoryLink, type RepositoryLink } from '../links.ts';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { DigestLink } from './digest-link.tsx';

const COLUMNS = ['When', 'What', 'From', 'To', 'Changes'];

/** The digests a tag has pointed to, newest first. */
export function TagHistory({ events, repository }: { events: TagEventView[]; repository: RepositoryLink }) {
  return (
    <DenseTable columns={COLUMNS} label="Table of the history" width="narrow">
      {events.map(({ fromDigest, toDigest, at, isHere, isFromHere }, i) => (
        <DenseRow columns={COLUMNS} key={i}>
          <th className="text-left font-normal" scope="row">
            <TimeAgo date={at} />
          </th>
          <td>{toDigest === null ? 'deleted' : fromDigest === null ? 'created' : 'moved'}</td>
          <td>{fromDigest === null ? '–' : <DigestLink digest={fromDigest} href={null} />}</td>
          <td>
            {toDigest === null ? (
              '–'
            ) : (
              <DigestLink
                digest={toDigest}
                href={isHere ? repositoryLink({ ...repository, item: { digest: toDigest } }) : null}
              />
            )}
          </td>
          <td>
            {isFromHere && isHere && fromDigest !== null && toDigest !== null ? (
              <a className="link" href={compareLink(repository, { from: fromDigest, to: toDigest })} rel="nofollow">
                Compare
              </a>
            ) : (
              '–'
            )}
          </td>
        </DenseRow>
      ))}
    </DenseTable>
  );
}
