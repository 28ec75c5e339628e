import type { RegistryView } from '#lib/repositories/queries.ts';
import { publisherLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { AvatarTile } from '../catalog/avatar-tile.tsx';

type RegistryFactsProps = {
  registry: RegistryView;
  host: string;
  /** Null without a quota. */
  storage: { used: string; quota: string; staged: string | null } | null;
};

export function RegistryFacts({ registry, host, storage }: RegistryFactsProps) {
  const { displayName, primaryAlias, registryId, role, aliases } = registry;
  const address = `${host}/${primaryAlias}`;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4">
      <AvatarTile logoId={registry.logoId} name={displayName || primaryAlias} size="large" />
      <div className="min-w-0 flex-1 basis-60">
        <h1 className="text-lg font-semibold break-words">{displayName || primaryAlias}</h1>
        <p className="flex flex-wrap items-center gap-x-1 font-mono text-sm break-all">
          {address}
          <CopyButton label="Copy registry address" text={address} />
        </p>
      </div>
      <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm">
        <div>
          <dt className="text-muted">Registry</dt>
          <dd className="font-mono">{registryId}</dd>
        </div>
        <div>
          <dt className="text-muted">{aliases.length === 1 ? 'Alias' : 'Aliases'}</dt>
          <dd className="flex flex-wrap gap-1.5">
            {aliases.map((alias) => (
              <span className="inline-flex items-center gap-1" key={alias.name}>
                <a className="link font-mono" href={publisherLink(alias.name)}>
                  {alias.name}
                </a>
                {alias.primary && aliases.length > 1 && <Chip>primary</Chip>}
              </span>
            ))}
          </dd>
        </div>
        {storage && (
          <div>
            <dt className="text-muted">Storage</dt>
            <dd className="tabular-nums" title="Deleted images count until they can no longer be restored">
              {storage.used} of {storage.quota}
              {storage.staged !== null && <span className="block text-muted">{storage.staged} in open uploads</span>}
            </dd>
          </div>
        )}
        <div>
          <dt className="text-muted">Your role</dt>
          <dd>{role}</dd>
        </div>
      </dl>
    </div>
  );
}
