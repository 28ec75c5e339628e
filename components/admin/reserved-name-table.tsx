import type { ReservedNameView } from '#lib/aliases/reserved/reserved-names.ts';
import { SubmitButton } from '../forms/submit-button.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { MATCH_WORDS } from './reserved-words.ts';

const COLUMNS = ['Name', 'Kind', 'Covers', 'Reason', 'Source', 'Since'];

type ReservedNameTableProps = {
  entries: ReservedNameView[];
  /** The filters of the list, which stay after a removal. */
  filters: Record<string, string>;
  remove: (form: FormData) => Promise<void>;
};

export function ReservedNameTable({ entries, filters, remove }: ReservedNameTableProps) {
  return (
    <div
      aria-label="Table of reserved names"
      className="relative overflow-x-auto rounded-lg border border-line"
      role="region"
      tabIndex={0}
    >
      <table className="w-full min-w-[52rem] border-collapse text-sm">
        <thead className="bg-surface text-left text-muted">
          <tr>
            {COLUMNS.map((column) => (
              <th className="h-9 px-3 font-medium" key={column} scope="col">
                {column}
              </th>
            ))}
            <th className="px-3" scope="col">
              <span className="sr-only">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Row entry={entry} filters={filters} key={entry.id} remove={remove} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = Omit<ReservedNameTableProps, 'entries'> & { entry: ReservedNameView };

function Row({ entry, filters, remove }: RowProps) {
  const { id, name, kind, match, reason, source, createdAt } = entry;
  return (
    <tr className="h-9 border-t border-line hover:bg-surface">
      <th className="px-3 text-left font-mono font-semibold" scope="row">
        {name}
      </th>
      <td className="px-3">{kind}</td>
      <td className="px-3 whitespace-nowrap">{MATCH_WORDS[match]}</td>
      <td className="max-w-72 truncate px-3" dir="auto" title={reason}>
        {reason}
      </td>
      <td className="max-w-32 truncate px-3 text-muted" title={source}>
        {source}
      </td>
      <td className="px-3">
        <TimeAgo date={createdAt} />
      </td>
      <td className="px-3 py-1 text-right">
        {kind === 'route' ? (
          <span className="text-muted">Site route</span>
        ) : (
          <details>
            <summary className="button button-small">
              Remove …<span className="sr-only"> {name}</span>
            </summary>
            <form action={remove} className="mt-1">
              <input name="id" type="hidden" value={id} />
              <input name="name" type="hidden" value={name} />
              {Object.entries(filters).map(([filter, value]) => (
                <input key={filter} name={filter} type="hidden" value={value} />
              ))}
              <SubmitButton isSmall tone="danger">
                Remove name
              </SubmitButton>
            </form>
          </details>
        )}
      </td>
    </tr>
  );
}
