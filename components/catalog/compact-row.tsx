import type { ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import { AvatarTile } from './avatar-tile.tsx';

type CompactRowProps = {
  href: string;
  tileName: string;
  logoId: string | null;
  title: ReactNode;
  isVerified?: boolean;
  /** Omit it in lists that have none. An empty one keeps the row's height. */
  description?: string;
  meta: ReactNode;
};

/** A row of the short lists on the home page. */
export function CompactRow({ href, tileName, logoId, title, isVerified = false, description, meta }: CompactRowProps) {
  return (
    <li className="relative flex items-start gap-3 border-b border-line px-3 py-2.5 last:border-b-0 hover:bg-surface">
      <AvatarTile logoId={logoId} name={tileName} size="small" />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5">
          <a
            className="block min-w-0 truncate font-mono text-sm after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            href={href}
          >
            {title}
          </a>
          {isVerified && (
            <span className="text-accent" title="Verified publisher">
              <Icon className="block" name="verified" size={14} />
              <span className="sr-only">Verified publisher</span>
            </span>
          )}
        </div>
        {description !== undefined && (
          <p className="truncate text-sm" dir="auto" title={description}>
            {description || <span className="text-muted">No description</span>}
          </p>
        )}
        <p className="truncate text-xs text-muted tabular-nums">{meta}</p>
      </div>
    </li>
  );
}

type ListPanelProps = { title: string; more?: ReactNode; children: ReactNode };

export function ListPanel({ title, more, children }: ListPanelProps) {
  return (
    <section aria-label={title} className="min-w-0">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h2 className="text-base font-semibold">{title}</h2>
        {more}
      </div>
      <ul className="overflow-hidden rounded-lg border border-line">{children}</ul>
    </section>
  );
}
