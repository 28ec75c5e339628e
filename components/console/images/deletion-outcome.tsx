import { DELETED } from '../../links.ts';
import { countOf } from '../../ui/format-number.ts';
import { Notice } from '../../ui/notice.tsx';

type DeletionOutcomeProps = {
  what: 'tag' | 'image';
  /** Null unless something was just deleted. */
  deleted: number | null;
  /** Those that changed after they were chosen, or that an index lists. */
  kept: number | null;
};

/** After a deletion. The URL carries only counts, so that links can't inject text. */
export function DeletionOutcome({ what, deleted, kept }: DeletionOutcomeProps) {
  if (deleted === null) return null;
  const reason =
    what === 'tag' ? 'moved in the meantime and stayed' : 'stayed, because its tags changed or an index lists it';
  return (
    <div className="mb-4">
      <Notice tone={kept ? 'warning' : 'success'}>
        {countOf(deleted, what)} deleted. {kept !== null && kept > 0 && `${countOf(kept, what)} ${reason}. `}
        <a className="link" href={DELETED}>
          View deleted content
        </a>
      </Notice>
    </div>
  );
}
