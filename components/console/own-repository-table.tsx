import type { OwnRepositoryView } from '#lib/repositories/own/list-own-repositories.ts';
import { TAG_MUTABILITY_LABELS } from '#lib/repositories/tag-mutability/schema.ts';
import { consoleRepositoryLink, repositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { DenseTable } from '../ui/dense-table.tsx';
import { countOf, formatBytes, formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

const COLUMNS = ['Name', 'State', 'Tags', 'Size', 'Pushed', 'Pulled', 'Pulls', 'Page'];

type OwnRepositoryTableProps = { alias: string; repositories: OwnRepositoryView[] };

/** On a phone, each row is a card with its numbers below the name. */
export function OwnRepositoryTable({ alias, repositories }: OwnRepositoryTableProps) {
  return (
    <DenseTable columns={COLUMNS} label={`Table of repositories of ${alias}`} width="wide">
      {repositories.map((repository) => (
        <Row alias={alias} key={repository.name} repository={repository} />
      ))}
    </DenseTable>
  );
}

function Row({ alias, repository }: { alias: string; repository: OwnRepositoryView }) {
  const { name, description, quarantineReason, tagCount, pullCount, storedBytes, lastPushedAt, lastPulledAt } =
    repository;
  return (
    <tr className="border-t border-line hover:bg-surface [&>*]:px-3 [&>*]:py-2">
      <th className="max-w-80 text-left font-normal max-sm:block max-sm:max-w-none" scope="row">
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
      <td className="max-sm:block max-sm:pt-0">
        <States repository={repository} />
        <p className="mt-1.5 text-xs text-muted tabular-nums sm:hidden">
          {countOf(tagCount, 'tag')} · {formatBytes(storedBytes)} · {countOf(pullCount, 'pull')}
          <br />
          <When date={lastPushedAt} verb="pushed" /> · <When date={lastPulledAt} verb="pulled" />
        </p>
      </td>
      <td className="tabular-nums max-sm:hidden">{formatCount(tagCount)}</td>
      <td className="whitespace-nowrap tabular-nums max-sm:hidden">{formatBytes(storedBytes)}</td>
      <td className="max-sm:hidden">{lastPushedAt ? <TimeAgo date={lastPushedAt} /> : 'never'}</td>
      <td className="max-sm:hidden">{lastPulledAt ? <TimeAgo date={lastPulledAt} /> : 'never'}</td>
      <td className="tabular-nums max-sm:hidden">{formatCount(pullCount)}</td>
      <td className="max-sm:hidden">
        <a className="link" href={repositoryLink({ alias, name })}>
          Page<span className="sr-only"> of {name}</span>
        </a>
      </td>
    </tr>
  );
}

function When({ date, verb }: { date: Date | null; verb: string }) {
  if (!date) return `never ${verb}`;
  return (
    <>
      {verb} <TimeAgo date={date} />
    </>
  );
}

function States({ repository }: { repository: OwnRepositoryView }) {
  const { visibility, quarantineReason, isDeprecated, isMirrored, hasImage, tagMutability } = repository;
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
      {tagMutability !== 'mutable' && <Chip>{TAG_MUTABILITY_LABELS[tagMutability]}</Chip>}
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
