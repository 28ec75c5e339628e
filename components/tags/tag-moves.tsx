import type { TagMove } from '#lib/gallery/insight-queries.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ShortDigest } from './short-digest.tsx';

export function TagMoves({ moves }: { moves: TagMove[] }) {
  return (
    <ol className="text-sm">
      {moves.map((move) => (
        <li
          className="flex flex-wrap items-center gap-x-2 gap-y-0.5 border-b border-line py-1.5 last:border-0"
          key={move.id}
        >
          <span className="font-mono font-semibold break-all">{move.tag}</span>
          <span className="text-muted">{moveText(move)}</span>
          {move.toDigest && <ShortDigest digest={move.toDigest} />}
          <span className="ml-auto text-muted">
            <TimeAgo date={move.at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function moveText({ fromDigest, toDigest }: TagMove): string {
  if (toDigest === null) return 'deleted';
  return fromDigest === null ? 'created at' : 'moved to';
}
