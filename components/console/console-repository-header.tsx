import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { TAG_MUTABILITY_LABELS, type TagMutability } from '#lib/repositories/tag-mutability/schema.ts';
import { repositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { Notice } from '../ui/notice.tsx';

type ConsoleRepositoryHeaderProps = {
  repository: FoundRepository;
  path: { alias: string; name: string };
  isDeprecated: boolean;
  tagMutability: TagMutability;
};

export function ConsoleRepositoryHeader({
  repository,
  path: { alias, name },
  isDeprecated,
  tagMutability,
}: ConsoleRepositoryHeaderProps) {
  const { visibility, upstream, quarantineReason } = repository;
  return (
    <header>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="font-mono text-xl break-words">
            <span className="text-muted">{alias}/</span>
            <span className="font-semibold">{name}</span>
          </h1>
          <p className="mt-1.5 flex flex-wrap items-center gap-1.5">
            {visibility === 'private' ? (
              <Chip icon="lock" tone="warning">
                Private
              </Chip>
            ) : (
              <Chip>Public</Chip>
            )}
            {tagMutability !== 'mutable' && <Chip>{TAG_MUTABILITY_LABELS[tagMutability]}</Chip>}
            {isDeprecated && <Chip tone="warning">Deprecated</Chip>}
            {upstream && <Chip title="Images come from another registry">Mirror</Chip>}
          </p>
        </div>
        <a className="button" href={repositoryLink({ alias, name })}>
          View page
        </a>
      </div>
      {quarantineReason !== null && (
        <div className="mt-4">
          <Notice tone="warning">
            <p className="font-medium">Quarantined: {quarantineReason}</p>
            <p>
              Nobody can pull, push or change this repository. Members can still see it. If you think this is a mistake,
              contact the operator of this site.
            </p>
          </Notice>
        </div>
      )}
    </header>
  );
}
