import type { SearchHit } from '#lib/search/schema.ts';
import { repositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { countOf } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { AvatarTile } from './avatar-tile.tsx';
import { Highlight } from '../search/highlight.tsx';
import { KIND_LABELS } from './kind.ts';
import { StarCount } from './star-count.tsx';
import { VerifiedBadge } from './verified-badge.tsx';

const MAX_PLATFORMS = 3;

type RepositoryRowProps = { hit: SearchHit; query?: string };

/** A repository in a list. The link on its name covers the whole row. */
export function RepositoryRow({ hit, query = '' }: RepositoryRowProps) {
  return (
    <li className="relative grid grid-cols-[auto_1fr] gap-x-3 border-b border-line px-3 py-3 last:border-b-0 hover:bg-surface sm:grid-cols-[auto_1fr_auto]">
      <AvatarTile logoId={hit.logoId} name={hit.name.split('/').at(-1) ?? hit.name} />
      <div className="min-w-0">
        <h2 className="flex flex-wrap items-center gap-x-2 font-mono text-base">
          <a
            className="min-w-0 break-words after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            href={repositoryLink(hit)}
          >
            <span className="text-muted">
              <Highlight query={query} text={hit.alias} />/
            </span>
            <span className="font-semibold">
              <Highlight query={query} text={hit.name} />
            </span>
          </a>
          {hit.verified && <VerifiedBadge />}
        </h2>
        <p className="truncate text-muted" dir="auto">
          {hit.description ? <Highlight query={query} text={hit.description} /> : 'No description'}
        </p>
        <div className="mt-1.5 flex flex-wrap gap-1">
          {hit.deprecated && (
            <Chip icon="warning" title="Its publisher advises against using it" tone="warning">
              Deprecated
            </Chip>
          )}
          <Chip icon={KIND_LABELS[hit.kind].icon}>{KIND_LABELS[hit.kind].one}</Chip>
          {hit.platforms.slice(0, MAX_PLATFORMS).map((platform) => (
            <Chip key={platform}>{platform}</Chip>
          ))}
          {hit.platforms.length > MAX_PLATFORMS && (
            <Chip title={hit.platforms.join(', ')}>+{hit.platforms.length - MAX_PLATFORMS}</Chip>
          )}
        </div>
      </div>
      <p className="col-start-2 mt-1.5 flex gap-x-3 text-sm text-muted tabular-nums sm:col-start-3 sm:mt-0 sm:flex-col sm:items-end">
        <span className="flex flex-wrap gap-x-3">
          <StarCount count={hit.starCount} />
          <span>{countOf(hit.pullCount, 'pull')}</span>
        </span>
        <span>
          pushed <TimeAgo date={hit.pushedAt} />
        </span>
      </p>
    </li>
  );
}
