import type { OwnRepositoryView } from '#lib/repositories/queries.ts';
import { consoleRepositoryLink, repositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { countOf, formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

type OwnRepositoryTableProps = { alias: string; repositories: OwnRepositoryView[] };

/** On a phone, each row is a card with its numbers below the name. */
export function OwnRepositoryTable({ alias, repositories }: OwnRepositoryTableProps) {
  return (
    <div
      aria-label="Table of repositories"
      className="relative overflow-x-auto rounded-lg border border-line"
      role="region"
      tabIndex={0}
    >
      <table className="w-full border-collapse text-sm">
        <thead className="bg-surface text-left text-muted max-sm:sr-only">
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
  const { name, description, quarantineReason, tagCount, pullCount, lastPushedAt } = repository;
  return (
    <tr className="border-t border-line first:border-t-0 hover:bg-surface sm:first:border-t">
      <th className="max-w-80 px-3 py-2 text-left font-normal max-sm:block max-sm:max-w-none" scope="row">
        <a
          className="font-mono font-semibold break-words hover:underline"
          href={consoleRepositoryLink({ alias, name })}
        >
          {name}
        </a>
        {quarantineReason === null ? (
          <p className="truncate text-xs text-muted" dir="auto">
            {description || 'No description'}
          </p>
        ) : (
          <p className="text-xs break-words text-warning">Quarantined: {quarantineReason}</p>
        )}
      </th>
      <td className="px-3 py-2 max-sm:block max-sm:pt-0">
        <States repository={repository} />
        <p className="mt-1.5 text-xs text-muted tabular-nums sm:hidden">
          {countOf(tagCount, 'tag')} · {countOf(pullCount, 'pull')} ·{' '}
          {lastPushedAt ? (
            <>
              pushed <TimeAgo date={lastPushedAt} />
            </>
          ) : (
            'never pushed'
          )}
        </p>
      </td>
      <td className="px-3 py-2 text-right tabular-nums max-sm:hidden">{formatCount(tagCount)}</td>
      <td className="px-3 py-2 text-right tabular-nums max-sm:hidden">{formatCount(pullCount)}</td>
      <td className="px-3 py-2 max-sm:hidden">{lastPushedAt ? <TimeAgo date={lastPushedAt} /> : 'never'}</td>
      <td className="px-3 py-2 text-right max-sm:hidden">
        <a className="link" href={repositoryLink({ alias, name })}>
          Page<span className="sr-only"> of {name}</span>
        </a>
      </td>
    </tr>
  );
}

function States({ repository }: { repository: OwnRepositoryView }) {
  const { visibility, quarantineReason, isDeprecated, isMirrored, hasImage } = repository;
  const isPrivate = visibility === 'private';
  return (
    <span className="flex flex-wrap gap-1">
      {isPrivate ? (
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
      {isDeprecated && <Chip tone="warning">Deprecated</Chip>}
      {!hasImage && (
        <Chip title={isPrivate ? 'No image was pushed yet' : 'Appears in the gallery after its first push'}>Empty</Chip>
      )}
    </span>
  );
}
