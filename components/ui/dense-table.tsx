import { Children, cloneElement, isValidElement, type ReactNode } from 'react';

type DenseTableProps = {
  label: string;
  columns: readonly string[];
  /** The minimum width. Between a phone and this width, the table scrolls instead of the page. */
  width: 'narrow' | 'medium' | 'wide';
  /** Rows. */
  children: ReactNode;
};

const WIDTHS = { narrow: 'sm:min-w-[32rem]', medium: 'sm:min-w-[44rem]', wide: 'sm:min-w-[64rem]' } as const;

/** A compact table, whose rows are cards on a phone (app/dense-table.css). */
export function DenseTable({ label, columns, width, children }: DenseTableProps) {
  return (
    <div
      aria-label={label}
      className="relative overflow-x-auto rounded-lg border border-line"
      role="region"
      tabIndex={0}
    >
      <table className={`dense-table w-full border-collapse text-sm ${WIDTHS[width]}`}>
        <thead className="bg-surface text-left text-muted max-sm:sr-only">
          <tr>
            {columns.map((column) => (
              <th className="h-9 px-3 font-medium whitespace-nowrap" key={column} scope="col">
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

type DenseRowProps = {
  /** Those of the table. */
  columns: readonly string[];
  className?: string;
  /** `td` and `th` elements, one for each column. */
  children: ReactNode;
};

export function DenseRow({ columns, className = '', children }: DenseRowProps) {
  const cells = Children.toArray(children).filter((child) => isValidElement<{ 'data-label'?: string }>(child));
  return (
    <tr className={`dense-row h-9 border-t border-line align-top hover:bg-surface [&>*]:px-3 [&>*]:py-2 ${className}`}>
      {cells.map((cell, i) => cloneElement(cell, { 'data-label': columns[i] }))}
    </tr>
  );
}
