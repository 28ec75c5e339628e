import type { ReactNode } from 'react';
import { AvatarTile } from './avatar-tile.tsx';

type CompactRowProps = { href: string; tileName: string; logoId: string | null; title: ReactNode; meta: ReactNode };

/** A row of the short lists on the home page. */
export function CompactRow({ href, tileName, logoId, title, meta }: CompactRowProps) {
  return (
    <li className="relative flex items-center gap-3 border-b border-line px-3 py-2 last:border-b-0 hover:bg-surface">
      <AvatarTile logoId={logoId} name={tileName} size="small" />
      <div className="min-w-0 flex-1">
        <a
          className="block truncate font-mono text-sm after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          href={href}
        >
          {title}
        </a>
        <p className="truncate text-xs text-muted tabular-nums">{meta}</p>
      </div>
    </li>
  );
}

export function ListPanel({ title, more, children }: { title: string; more?: ReactNode; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h2 className="text-base font-semibold">{title}</h2>
        {more}
      </div>
      <ul className="overflow-hidden rounded-lg border border-line">{children}</ul>
    </section>
  );
}
