import type { ReservedNameView } from '#lib/aliases/reserved/reserved-names.ts';
import { SubmitButton } from '../forms/submit-button.tsx';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { MATCH_WORDS } from './reserved-words.ts';

const COLUMNS = ['Name', 'Kind', 'Covers', 'Reason', 'Source', 'Since', 'Change'];

type ReservedNameTableProps = {
  entries: ReservedNameView[];
  /** The filters of the list, which stay after a removal. */
  filters: Record<string, string>;
  remove: (form: FormData) => Promise<void>;
};

export function ReservedNameTable({ entries, filters, remove }: ReservedNameTableProps) {
  return (
    <DenseTable columns={COLUMNS} label="Table of reserved names" width="wide">
      {entries.map((entry) => (
        <Row entry={entry} filters={filters} key={entry.id} remove={remove} />
      ))}
    </DenseTable>
  );
}

type RowProps = Omit<ReservedNameTableProps, 'entries'> & { entry: ReservedNameView };

function Row({ entry, filters, remove }: RowProps) {
  const { id, name, kind, match, reason, source, createdAt } = entry;
  return (
    <DenseRow columns={COLUMNS}>
      <th className="text-left font-mono font-semibold" scope="row">
        {name}
      </th>
      <td>{kind}</td>
      <td className="whitespace-nowrap">{MATCH_WORDS[match]}</td>
      <td className="max-w-72 truncate" dir="auto" title={reason}>
        {reason}
      </td>
      <td className="max-w-32 truncate text-muted" title={source}>
        {source}
      </td>
      <td>
        <TimeAgo date={createdAt} />
      </td>
      <td>
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
    </DenseRow>
  );
}
