import { AvatarTile } from '../catalog/avatar-tile.tsx';
import { publisherLink, searchLink } from '../links.ts';
import { countOf } from '../ui/format-number.ts';
import { Icon } from '../ui/icon.tsx';

type Publisher = { alias: string; displayName: string; logoId: string | null; repositoryCount: number };

type PublisherTilesProps = { publishers: Publisher[]; areVerified: boolean };

export function PublisherTiles({ publishers, areVerified }: PublisherTilesProps) {
  if (publishers.length === 0) return null;
  return (
    <section aria-labelledby="publishers">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h2 className="text-base font-semibold" id="publishers">
          {areVerified ? 'Verified publishers' : 'New publishers'}
        </h2>
        {areVerified && (
          <a className="link text-sm" href={searchLink({ verified: '1' })}>
            All<span className="sr-only"> repositories of verified publishers</span>
          </a>
        )}
      </div>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {publishers.map(({ alias, displayName, logoId, repositoryCount }) => (
          <li
            className="relative flex min-w-0 items-center gap-3 rounded-lg border border-line px-3 py-2.5 hover:bg-surface"
            key={alias}
          >
            <AvatarTile logoId={logoId} name={displayName || alias} />
            <div className="min-w-0">
              <div className="flex items-center gap-1.5">
                <a
                  className="block truncate font-semibold after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
                  dir="auto"
                  href={publisherLink(alias)}
                >
                  {displayName || alias}
                </a>
                {areVerified && <Icon className="text-accent" name="verified" size={14} />}
              </div>
              <p className="truncate text-xs text-muted tabular-nums">
                {displayName && <span className="font-mono">{alias} · </span>}
                {countOf(repositoryCount, 'repository', 'repositories')}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
