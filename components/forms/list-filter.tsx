import type { ReactNode } from 'react';

type ListFilterProps = { path: string; q: string; label: string; total: string; children?: ReactNode };

/** The filter above a list, with the number of results. */
export function ListFilter({ path, q, label, total, children }: ListFilterProps) {
  return (
    <form action={path} className="mb-3 flex flex-wrap items-center gap-2" role="search">
      <input
        aria-label={label}
        autoCapitalize="off"
        className="control max-w-72"
        defaultValue={q}
        maxLength={200}
        name="q"
        placeholder={label}
        spellCheck={false}
        type="search"
      />
      {children}
      <button className="button">Filter</button>
      <span className="ml-auto text-sm text-muted">{total}</span>
    </form>
  );
}
