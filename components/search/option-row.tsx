import { AvatarTile } from '../catalog/avatar-tile.tsx';
import { Highlight } from './highlight.tsx';
import { KIND_LABELS } from '../catalog/kind.ts';
import { countOf } from '../ui/format-number.ts';
import { Icon } from '../ui/icon.tsx';
import type { Option } from './options.ts';

type OptionRowProps = { option: Option; id: string; isActive: boolean; query: string };

/** Renders as a link where possible, so that links can be opened in a new tab. */
export function OptionRow({ option, id, isActive, query }: OptionRowProps) {
  const shared = {
    'aria-selected': isActive,
    className: `flex min-h-11 w-full items-center gap-2.5 px-3 py-1.5 text-left ${isActive ? 'bg-surface-strong' : 'hover:bg-surface'}`,
    id,
    role: 'option',
    tabIndex: -1,
  };
  if (option.kind === 'action') {
    const content = (
      <>
        <span className="inline-flex size-7 shrink-0 items-center justify-center text-muted">
          <Icon name={option.action.icon ?? 'chevron'} size={15} />
        </span>
        <bdi className="min-w-0 truncate">{option.action.text}</bdi>
      </>
    );
    if ('href' in option.action) {
      return (
        <a {...shared} href={option.action.href}>
          {content}
        </a>
      );
    }
    return (
      <button {...shared} onClick={option.action.run} type="button">
        {content}
      </button>
    );
  }
  return (
    <a {...shared} href={option.href}>
      {option.kind === 'repository' ? (
        <Repository query={query} {...option.repository} />
      ) : (
        <Publisher query={query} {...option.publisher} />
      )}
    </a>
  );
}

type RepositoryProps = Extract<Option, { kind: 'repository' }>['repository'] & { query: string };

function Repository({ fullName, description, kind, isVerified, logoUrl, query }: RepositoryProps) {
  return (
    <>
      <AvatarTile logoId={logoIdOf(logoUrl)} name={fullName.slice(fullName.lastIndexOf('/') + 1)} size="small" />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          <span className="truncate font-mono">
            <Highlight query={query} text={fullName} />
          </span>
          {isVerified && <Verified />}
        </span>
        {description && (
          <bdi className="block truncate text-sm text-muted">
            <Highlight query={query} text={description} />
          </bdi>
        )}
      </span>
      {kind !== 'image' && (
        <span className="hidden text-xs whitespace-nowrap text-muted sm:block">{KIND_LABELS[kind].one}</span>
      )}
    </>
  );
}

type PublisherProps = Extract<Option, { kind: 'publisher' }>['publisher'] & { query: string };

function Publisher({ alias, displayName, isVerified, logoUrl, repositoryCount, query }: PublisherProps) {
  return (
    <>
      <AvatarTile logoId={logoIdOf(logoUrl)} name={alias} size="small" />
      <span className="flex min-w-0 flex-1 items-center gap-1.5">
        <span className="truncate font-mono">
          <Highlight query={query} text={alias} />
        </span>
        {isVerified && <Verified />}
        {displayName && (
          <bdi className="min-w-0 truncate text-sm text-muted">
            <Highlight query={query} text={displayName} />
          </bdi>
        )}
      </span>
      <span className="hidden text-xs whitespace-nowrap text-muted tabular-nums sm:block">
        {countOf(repositoryCount, 'repository', 'repositories')}
      </span>
    </>
  );
}

function Verified() {
  return (
    <>
      <Icon className="text-accent" name="verified" size={14} />
      <span className="sr-only">verified</span>
    </>
  );
}

/** Strips the origin from the API's absolute URLs. */
function logoIdOf(logoUrl: string | null): string | null {
  return logoUrl && logoUrl.slice(logoUrl.lastIndexOf('/') + 1);
}
