import type { PolicyRevisionView } from '#lib/repositories/policies/read-repository-policy.ts';
import { TimeAgo } from '../../ui/time-ago.tsx';

type PolicyHistoryProps = {
  revisions: readonly PolicyRevisionView[];
  /** The present one. */
  current: number;
  /** Where the editor starts with an earlier policy. Null: the viewer can't change the policy. */
  linkTo: ((revision: number) => string) | null;
};

/** Who saved which policy and when. */
export function PolicyHistory({ revisions, current, linkTo }: PolicyHistoryProps) {
  return (
    <ol className="flex flex-col gap-2">
      {revisions.map(({ revision, policy, savedBy, savedAt }) => (
        <li className="flex flex-wrap items-baseline gap-x-3" key={revision}>
          <span className="font-mono">#{revision}</span>
          <span className="min-w-0 wrap-anywhere">
            {policy === null ? 'Removed' : 'Saved'} by {savedBy} <TimeAgo date={savedAt} />
          </span>
          {revision === current ? (
            <span className="text-muted">Current</span>
          ) : (
            policy !== null &&
            linkTo && (
              <a className="link" href={linkTo(revision)}>
                Restore<span className="sr-only"> policy #{revision}</span>
              </a>
            )
          )}
        </li>
      ))}
    </ol>
  );
}
