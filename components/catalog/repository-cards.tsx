import type { SearchHit } from '#lib/search/schema.ts';
import { AvatarTile } from './avatar-tile.tsx';
import { KIND_LABELS } from './kind.ts';
import { repositoryLink } from '../links.ts';
import { Icon } from '../ui/icon.tsx';
import { StarCount } from './star-count.tsx';
import { countOf } from '../ui/format-number.ts';

/** Repositories that somebody picked. Renders nothing without any. */
export function RepositoryCards({ title, hits }: { title: string; hits: SearchHit[] }) {
  if (hits.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="mb-2 text-base font-semibold">{title}</h2>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {hits.map((hit) => (
          <li
            className="relative flex min-w-0 gap-3 rounded-lg border border-line p-3 hover:bg-surface"
            key={`${hit.alias}/${hit.name}`}
          >
            <AvatarTile logoId={hit.logoId} name={hit.name.split('/').at(-1) ?? hit.name} size="large" />
            <div className="min-w-0 flex-1">
              <a
                className="block truncate font-mono text-sm after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
                href={repositoryLink(hit)}
              >
                <span className="text-muted">{hit.alias}/</span>
                <span className="font-semibold">{hit.name}</span>
              </a>
              <p className="line-clamp-2 min-h-[2.75rem]" dir="auto">
                {hit.description || <span className="text-muted">No description</span>}
              </p>
              <p className="mt-1 flex flex-wrap items-center gap-x-2 text-xs text-muted tabular-nums">
                {hit.verified && (
                  <span className="inline-flex items-center gap-1 text-accent">
                    <Icon name="verified" size={13} /> Verified
                  </span>
                )}
                {hit.deprecated && (
                  <span className="inline-flex items-center gap-1 text-warning">
                    <Icon name="warning" size={13} /> Deprecated
                  </span>
                )}
                <span>{KIND_LABELS[hit.kind].one}</span>
                <span>{countOf(hit.pullCount, 'pull')}</span>
                <StarCount count={hit.starCount} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
