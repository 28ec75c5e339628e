import type { EntryView } from '#lib/aliases/queries.ts';
import { Chip } from '../ui/chip.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

/** Messages, notes and status changes in chronological order. */
export function RequestThread({ entries }: { entries: EntryView[] }) {
  return (
    <ol className="flex flex-col gap-3">
      {entries.map((entry) => (
        <li key={entry.id}>{entry.kind === 'status' ? <StatusLine entry={entry} /> : <Message entry={entry} />}</li>
      ))}
    </ol>
  );
}

function StatusLine({ entry }: { entry: EntryView }) {
  return (
    <p className="text-sm text-muted">
      <bdi>{entry.body}</bdi> <span aria-hidden="true">·</span> <bdi>{entry.author}</bdi>{' '}
      <span aria-hidden="true">·</span> <TimeAgo date={entry.at} />
    </p>
  );
}

function Message({ entry }: { entry: EntryView }) {
  const isNote = entry.kind === 'note';
  return (
    <article
      className={`rounded-md border px-3 py-2 ${isNote ? 'border-dashed border-warning bg-warning-soft' : 'border-line'}`}
    >
      <p className="mb-1 flex flex-wrap items-center gap-2 text-sm text-muted">
        <span className="font-medium text-ink">{entry.author}</span>
        {isNote && (
          <Chip icon="lock" tone="warning">
            Note for reviewers
          </Chip>
        )}
        <TimeAgo date={entry.at} />
      </p>
      <p className="break-words whitespace-pre-wrap" dir="auto">
        {entry.body}
      </p>
    </article>
  );
}
