import type { ReactNode } from 'react';

export function NamedList({ children }: { children: ReactNode }) {
  return <ul className="divide-y divide-line rounded-lg border border-line">{children}</ul>;
}

type NamedRowProps = {
  name: string;
  /** Null if the viewer can't open it. */
  href: string | null;
  description: string;
  /** Below the description. */
  note?: ReactNode;
  /** How it is used. */
  use: ReactNode;
  chips: ReactNode;
};

export function NamedRow({ name, href, description, note, use, chips }: NamedRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-mono font-semibold break-all">
          {href === null ? (
            name
          ) : (
            <a className="link" href={href}>
              {name}
            </a>
          )}
        </p>
        {description !== '' && (
          <p className="text-sm break-words text-muted" dir="auto">
            {description}
          </p>
        )}
        {note && <p className="text-sm text-muted">{note}</p>}
      </div>
      <span className="text-sm text-muted">{use}</span>
      <span className="flex flex-wrap gap-2">{chips}</span>
    </li>
  );
}
