import type { Difference } from '#lib/distribution/comparison/compare-configs.ts';
import { toVisibleLines, toVisibleText } from '#lib/oci/visible-text.ts';
import { countOf } from '../ui/format-number.ts';
import { ChangeMark } from './change-mark.tsx';

const MAX_ROWS = 200;
const MAX_NAME_LENGTH = 300;
const MAX_VALUE_LENGTH = 2_000;

/** Untrusted names with both values. */
export function DifferenceTable({ label, rows }: { label: string; rows: readonly Difference[] }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line">
      <table aria-label={label} className="block w-full text-sm sm:table sm:table-fixed">
        <thead className="sr-only">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Values</th>
          </tr>
        </thead>
        <tbody className="block sm:table-row-group">
          {rows.slice(0, MAX_ROWS).map(({ name, from, to }, i) => (
            <tr className="block border-line align-top not-first:border-t sm:table-row" key={i}>
              <th
                className="block px-3 pt-1.5 text-left font-mono text-xs leading-5 font-normal wrap-anywhere text-muted sm:table-cell sm:w-1/3 sm:pb-1.5"
                dir="auto"
                scope="row"
              >
                {toVisibleText(name, MAX_NAME_LENGTH)}
              </th>
              <td className="block py-1.5 font-mono text-xs leading-5 sm:table-cell">
                <Value change="removed" value={from} />
                <Value change="added" value={to} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MAX_ROWS && (
        <p className="border-t border-line px-3 py-2 text-sm text-muted">
          {countOf(rows.length - MAX_ROWS, 'more difference')} not shown.
        </p>
      )}
    </div>
  );
}

function Value({ change, value }: { change: 'removed' | 'added'; value: string | null }) {
  if (value === null) return null;
  return (
    <div className={`flex gap-2 px-3 py-0.5 ${change === 'removed' ? 'bg-danger-soft' : 'bg-accent-soft'}`}>
      <ChangeMark change={change} />
      <span className="min-w-0 wrap-anywhere whitespace-pre-wrap" dir="auto">
        {value === '' ? <span className="text-muted">empty</span> : toVisibleLines(value, MAX_VALUE_LENGTH)}
      </span>
    </div>
  );
}
