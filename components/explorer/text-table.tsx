import { toVisibleLines, toVisibleText } from '#lib/oci/visible-text.ts';
import { countOf } from '../ui/format-number.ts';

const MAX_ROWS = 200;
const MAX_NAME_LENGTH = 300;
const MAX_VALUE_LENGTH = 2_000;

type TextTableProps = { label: string; head: [name: string, value: string]; rows: [name: string, value: string][] };

/** A table of untrusted names and values. */
export function TextTable({ label, head, rows }: TextTableProps) {
  return (
    <div className="rounded-lg border border-line">
      <table aria-label={label} className="w-full table-fixed border-collapse text-sm">
        <colgroup>
          <col className="w-2/5 sm:w-1/3" />
          <col />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th scope="col">{head[0]}</th>
            <th scope="col">{head[1]}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_ROWS).map(([name, value], i) => (
            <tr className="border-line align-top not-first:border-t" key={i}>
              <th
                className="px-3 py-1.5 text-left font-mono text-xs leading-5 font-normal break-words text-muted"
                scope="row"
              >
                {toVisibleText(name, MAX_NAME_LENGTH)}
              </th>
              <td className="px-3 py-1.5 font-mono text-xs leading-5 break-words whitespace-pre-wrap">
                {toVisibleLines(value, MAX_VALUE_LENGTH)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MAX_ROWS && (
        <p className="border-t border-line px-3 py-2 text-sm text-muted">
          {countOf(rows.length - MAX_ROWS, 'more row')} not shown.
        </p>
      )}
    </div>
  );
}
