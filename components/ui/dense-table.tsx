import type { ReactNode } from 'react';

type DenseTableProps = {
  label: string;
  columns: string[];
  /** The minimum width. Narrower screens scroll the table, not the page. */
  width: 'narrow' | 'medium' | 'wide';
  /** Rows. */
  children: ReactNode;
};

const WIDTHS = { narrow: 'min-w-[32rem]', medium: 'min-w-[44rem]', wide: 'min-w-[64rem]' } as const;

/** A compact table. */
export function DenseTable({ label, columns, width, children }: DenseTableProps) {
  return (
    <div
      aria-label={label}
      className="relative overflow-x-auto rounded-lg border border-line"
      role="region"
      tabIndex={0}
    >
      <table className={`w-full border-collapse text-sm ${WIDTHS[width]}`}>
        <thead className="bg-surface text-left text-muted">
          <tr>
            {columns.map((column) => (
              <th className="h-9 px-3 font-medium" key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export function DenseRow({ children }: { children: ReactNode }) {
  return <tr className="h-9 border-t border-line align-top hover:bg-surface [&>*]:px-3 [&>*]:py-2">{children}</tr>;
}
