import type { ReactNode } from 'react';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { consoleRepositoryLink, publisherLink } from '../links.ts';
import { DeprecationBanner } from './deprecation-banner.tsx';
import { Chip } from '../ui/chip.tsx';
import { AvatarTile } from './avatar-tile.tsx';
import { KIND_LABELS } from './kind.ts';
import { VerifiedBadge } from './verified-badge.tsx';

type RepositoryHeaderProps = {
  repository: RepositoryPage;
  canEdit: boolean;
  /** Before the button for those who manage it. */
  buttons?: ReactNode;
};

export function RepositoryHeader({ repository, canEdit, buttons }: RepositoryHeaderProps) {
  const { primaryAlias: alias, name, description, kind, hasImage } = repository;
  return (
    <>
      <header className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <AvatarTile logoId={repository.logoId} name={name.split('/').at(-1) ?? name} size="large" />
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="font-mono text-xl break-words">
            <a
              className="text-muted underline decoration-line-control underline-offset-4 hover:text-ink"
              href={publisherLink(alias)}
            >
              {alias}
            </a>
            <span className="text-muted">/</span>
            <span className="font-semibold">{name}</span>
          </h1>
          {description && (
            <p className="mt-0.5 max-w-3xl text-lg break-words text-muted" dir="auto">
              {description}
            </p>
          )}
          <p className="mt-2 flex flex-wrap items-center gap-1.5">
            {hasImage && <Chip icon={KIND_LABELS[kind].icon}>{KIND_LABELS[kind].one}</Chip>}
            {repository.visibility === 'private' && (
              <Chip icon="lock" tone="warning">
                Private
              </Chip>
            )}
            {repository.isDemo && (
              <Chip title="Sample content that shows what a gallery looks like" tone="warning">
                Demo
              </Chip>
            )}
            {repository.verification && <VerifiedBadge verification={repository.verification} />}
          </p>
        </div>
        <div className="flex flex-wrap items-start gap-2">
          {buttons}
          {canEdit && (
            <a className="button" href={consoleRepositoryLink({ alias, name })}>
              Manage
            </a>
          )}
        </div>
      </header>
      {repository.deprecation && (
        <div className="mt-4">
          <DeprecationBanner deprecation={repository.deprecation} />
        </div>
      )}
    </>
  );
}
