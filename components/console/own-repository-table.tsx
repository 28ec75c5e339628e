import type { OwnRepositoryView } from '#lib/repositories/queries.ts';
import { consoleRepositoryLink, repositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

type OwnRepositoryTableProps = { alias: string; repositories: OwnRepositoryView[] };

export function OwnRepositoryTable({ alias, repositories }: OwnRepositoryTableProps) {
  return (
    <div
      aria-label="Table of repositories"
      className="relative overflow-x-auto rounded-lg border border-line"
      role="region"
      tabIndex={0}
    >
      <table className="w-full min-w-[38rem] border-collapse text-sm">
        <thead className="bg-surface text-left text-muted">
          <tr>
            <th className="px-3 py-2 font-medium" scope="col">
              Name
            </th>
            <th className="px-3 py-2 font-medium" scope="col">
              State
            </th>
            <th className="px-3 py-2 text-right font-medium" scope="col">
              Tags
            </th>
            <th className="px-3 py-2 text-right font-medium" scope="col">
              Pulls
            </th>
            <th className="px-3 py-2 font-medium" scope="col">
              Pushed
            </th>
            <th className="px-3 py-2" scope="col">
              <span className="sr-only">Page</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {repositories.map((repository) => (
            <Row alias={alias} key={repository.name} repository={repository} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ alias, repository }: { alias: string; repository: OwnRepositoryView }) {
  const { name, description, visibility, quarantineReason, isMirrored, hasImage, tagCount, pullCount, lastPushedAt } =
    repository;
  return (
    <tr className="border-t border-line hover:bg-surface">
      <th className="max-w-80 px-3 py-2 text-left font-normal" scope="row">
        <a
          className="font-mono font-semibold break-words hover:underline"
          href={consoleRepositoryLink({ alias, name })}
        >
          {name}
        </a>
        {quarantineReason === null ? (
          <p className="truncate text-xs text-muted">{description || 'No description'}</p>
        ) : (
          <p className="text-xs break-words text-warning">Quarantined: {quarantineReason}</p>
        )}
      </th>
      <td className="px-3 py-2">
        <span className="flex gap-1">
          {visibility === 'private' ? (
            <Chip icon="lock" tone="warning">
              Private
            </Chip>
          ) : (
            <Chip>Public</Chip>
          )}
          {isMirrored && <Chip title="Images come from another registry">Mirror</Chip>}
          {quarantineReason !== null && (
            <Chip icon="warning" title={`Quarantined: ${quarantineReason}`} tone="warning">
              Quarantined
            </Chip>
          )}
          {!hasImage && (
            <Chip
              title={
                visibility === 'private' ? 'No image was pushed yet' : 'Appears in the gallery after its first push'
              }
            >
              Empty
            </Chip>
          )}
        </span>
      </td>
      <td className="px-3 py-2 text-right tabular-nums">{formatCount(tagCount)}</td>
      <td className="px-3 py-2 text-right tabular-nums">{formatCount(pullCount)}</td>
      <td className="px-3 py-2">{lastPushedAt ? <TimeAgo date={lastPushedAt} /> : 'never'}</td>
      <td className="px-3 py-2 text-right">
        <a className="link" href={repositoryLink({ alias, name })}>
          Page<span className="sr-only"> of {name}</span>
        </a>
      </td>
    </tr>
  );
}
