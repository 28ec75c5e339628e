import type { MirrorCheck } from '#lib/upstream/mirrors/check-mirror.ts';
import type { MirrorOverview } from '#lib/upstream/mirrors/queries.ts';
import { mirrorsLink, repositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { ButtonForm, ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { formatBytes, formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { CheckForm } from './check-form.tsx';

const COLUMNS = ['Name', 'Mirrored from', 'Tags', 'Cached', 'Pulls', 'Checked'];

export type MirrorActions = {
  check: (name: string) => FormAction<MirrorCheck>;
  pin: (name: string, isPinned: boolean) => FormAction;
  remove: (name: string) => FormAction;
};

type MirrorTableProps = {
  alias: string;
  /** Null for the user's own. */
  registry: string | null;
  mirrors: MirrorOverview[];
  /** Null for members who may only look. */
  actions: MirrorActions | null;
};

export function MirrorTable({ alias, registry, mirrors, actions }: MirrorTableProps) {
  const columns = actions ? [...COLUMNS, 'Change'] : COLUMNS;
  return (
    <DenseTable columns={columns} label="Table of mirrors" width="wide">
      {mirrors.map((mirror) => (
        <DenseRow columns={columns} key={mirror.name}>
          <th className="max-w-64 text-left font-normal" scope="row">
            <a
              className="font-mono font-semibold break-words hover:underline"
              href={repositoryLink({ alias, name: mirror.name })}
            >
              {mirror.name}
            </a>
            <Chips mirror={mirror} />
          </th>
          <td className="max-w-72 font-mono break-words">
            {mirror.upstreamHost}/{mirror.upstreamName}
          </td>
          <td className="tabular-nums">{formatCount(mirror.tagCount)}</td>
          <td className="whitespace-nowrap tabular-nums">{formatBytes(mirror.cachedBytes)}</td>
          <td className="tabular-nums">{formatCount(mirror.pullCount)}</td>
          <td>{mirror.checkedAt ? <TimeAgo date={mirror.checkedAt} /> : 'Not pulled yet'}</td>
          {actions && (
            <td>
              <Actions actions={actions} mirror={mirror} registry={registry} />
            </td>
          )}
        </DenseRow>
      ))}
    </DenseTable>
  );
}

function Chips({ mirror: { visibility, isPinned } }: { mirror: MirrorOverview }) {
  if (visibility === 'public' && !isPinned) return null;
  return (
    <span className="mt-1 flex flex-wrap gap-1">
      {visibility === 'private' && (
        <Chip icon="lock" tone="warning">
          Private
        </Chip>
      )}
      {isPinned && <Chip title="Cached content is never evicted">Pinned</Chip>}
    </span>
  );
}

type ActionsProps = { mirror: MirrorOverview; registry: string | null; actions: MirrorActions };

function Actions({ mirror: { name, isPinned, upstreamHost }, registry, actions }: ActionsProps) {
  return (
    <div className="flex flex-wrap items-start gap-2">
      <CheckForm about={name} action={actions.check(name)} upstreamHost={upstreamHost} />
      <ButtonForm about={name} action={actions.pin(name, !isPinned)} button={isPinned ? 'Unpin' : 'Pin'} />
      <a className="button button-small" href={mirrorsLink({ registry, edit: name })}>
        Edit<span className="sr-only"> {name}</span>
      </a>
      <ConfirmedButtonForm about={name} action={actions.remove(name)} button="Remove mirror" summary="Remove" />
    </div>
  );
}
