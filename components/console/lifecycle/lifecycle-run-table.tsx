import type { LifecycleRunView } from '#lib/images/lifecycle/run-queries.ts';
import { DenseRow, DenseTable } from '../../ui/dense-table.tsx';
import { formatBytes, formatCount } from '../../ui/format-number.ts';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { countOutcome } from './lifecycle-run.tsx';

const COLUMNS = ['Run', 'Images', 'Expired', 'Archived', 'Stayed', 'Freed', 'Report'];

/** Reports, latest first. */
export function LifecycleRunTable({ runs, linkTo }: { runs: LifecycleRunView[]; linkTo: (run: string) => string }) {
  return (
    <DenseTable columns={COLUMNS} label="Table of runs" width="medium">
      {runs.map(({ id, startedAt, finishedAt, imageCount, taken, freedBytes }) => (
        <DenseRow columns={COLUMNS} key={id}>
          <th className="text-left font-normal" scope="row">
            <TimeAgo date={startedAt} />
            {finishedAt === null && <span className="text-muted"> (running)</span>}
          </th>
          <td className="tabular-nums">{formatCount(imageCount)}</td>
          <td className="tabular-nums">{formatCount(countOutcome(taken, 'done', 'expire'))}</td>
          <td className="tabular-nums">{formatCount(countOutcome(taken, 'done', 'transition'))}</td>
          <td className="tabular-nums">
            {formatCount(
              (['listed', 'protected', 'limited', 'changed'] as const).reduce(
                (sum, outcome) => sum + countOutcome(taken, outcome),
                0,
              ),
            )}
          </td>
          <td className="tabular-nums">{formatBytes(freedBytes)}</td>
          <td>
            <a className="link" href={linkTo(id)}>
              Show<span className="sr-only"> the report of {startedAt.toISOString()}</span>
            </a>
          </td>
        </DenseRow>
      ))}
    </DenseTable>
  );
}
