import type { MirrorSourceInfo } from '#lib/upstream/mirrors/queries.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

/** Names a mirrored repository's upstream and when it was last checked. */
export function MirrorLine({ mirror: { host, name, checkedAt, problem } }: { mirror: MirrorSourceInfo }) {
  return (
    <p className="mt-3 text-muted">
      Mirrored from{' '}
      <span className="font-mono break-words text-ink">
        {host}/{name}
      </span>
      {checkedAt && (
        <>
          , checked <TimeAgo date={checkedAt} />
        </>
      )}
      .
      {problem !== null &&
        ` ${host} didn’t respond to the last check, so this copy may be outdated. You can still pull it.`}
    </p>
  );
}
