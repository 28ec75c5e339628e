import type { BackfillView } from '#lib/replication/backfills/backfill-view.ts';
import type { ReplicationFailure } from '#lib/replication/replication-failures.ts';
import type { ReplicationDestinationName } from '#lib/replication/schema.ts';
import type { showReplication } from '#lib/replication/show-replication.ts';
import { ButtonForm, ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Chip } from '../ui/chip.tsx';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { formatCount } from '../ui/format-number.ts';
import { NamedList, NamedRow } from '../ui/named-list.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type Destination = Awaited<ReturnType<typeof showReplication>>['destinations'][number];
type DestinationListProps = {
  destinations: Destination[];
  /** Newest first. */
  backfills: BackfillView[];
  /** Starts a backfill. Null if the viewer may not. */
  copy: ((name: ReplicationDestinationName) => FormAction) | null;
  /** Null if the viewer may not. */
  remove: ((name: ReplicationDestinationName) => FormAction) | null;
};

export function ReplicationDestinationList({ destinations, backfills, copy, remove }: DestinationListProps) {
  return (
    <NamedList>
      {destinations.map((destination) => {
        const { region, registryId, host, namespace, pausedUntil, pending, complete, failed } = destination;
        const name = `${region}/${registryId}`;
        const backfill = backfills.find(
          (one) => one.destination.region === region && one.destination.registryId === registryId,
        );
        const isCopying = backfill?.endedAt === null;
        return (
          <NamedRow
            chips={
              <>
                {pausedUntil && pausedUntil > new Date() && <Chip tone="warning">Paused</Chip>}
                {failed > 0 && <Chip tone="warning">{formatCount(failed)} failed</Chip>}
                {copy && !isCopying && (
                  <ButtonForm about={name} action={copy({ region, registryId })} button="Copy everything" />
                )}
                {remove && (
                  <ConfirmedButtonForm
                    about={name}
                    action={remove({ region, registryId })}
                    button="Remove destination"
                    summary="Remove"
                    warning="Its status is lost. Images there stay."
                  />
                )}
              </>
            }
            description={namespace === '' ? host : `${host}/${namespace}`}
            href={null}
            key={name}
            name={name}
            note={<State {...destination} backfill={backfill} />}
            use={`${formatCount(pending)} pending, ${formatCount(complete)} complete`}
          />
        );
      })}
    </NamedList>
  );
}

function State({
  pending,
  lagSeconds,
  pausedUntil,
  lastProblem,
  comparedAt,
  driftedCount,
  backfill,
}: Destination & { backfill: BackfillView | undefined }) {
  const minutes = Math.ceil(lagSeconds / 60);
  return (
    <>
      {pending > 0 && `${minutes} min behind. `}
      {pausedUntil && pausedUntil > new Date() && (
        <>
          Paused until <TimeAgo date={pausedUntil} />.{' '}
        </>
      )}
      {backfill && <BackfillNote {...backfill} />}
      {comparedAt && (
        <>
          Compared <TimeAgo date={comparedAt} />: {formatCount(driftedCount)} to put back.{' '}
        </>
      )}
      {lastProblem}
    </>
  );
}

const ENDS = { complete: 'Copied everything', stopped: 'Stopped copying', failed: 'Copying failed', in_progress: '' };

function BackfillNote({ state, endedAt, progress: { total, completed, failed } }: BackfillView) {
  if (state === 'preparing') return 'Looking for images to copy. ';
  const counts = `${formatCount(completed)} of ${formatCount(total)}${failed > 0 ? `, ${formatCount(failed)} failed` : ''}`;
  if (!endedAt) return `Copying everything: ${counts}. `;
  return (
    <>
      {ENDS[state]} <TimeAgo date={endedAt} />: {counts}.{' '}
    </>
  );
}

type FailureTableProps = { failures: ReplicationFailure[]; retry: ((task: string) => FormAction) | null };

const COLUMNS = ['Image', 'Destination', 'Reason', 'Again'];

export function ReplicationFailureTable({ failures, retry }: FailureTableProps) {
  return (
    <DenseTable columns={COLUMNS} label="Failed copies" width="medium">
      {failures.map(({ id, repository, reference, failure, region, registryId }) => {
        const image = `${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
        return (
          <DenseRow columns={COLUMNS} key={id}>
            <th className="text-left font-mono font-normal break-all" scope="row">
              {image}
            </th>
            <td className="font-mono break-all">{`${region}/${registryId}`}</td>
            <td>{failure ?? 'The destination gave no reason.'}</td>
            <td>{retry && <ButtonForm about={image} action={retry(id)} button="Retry" />}</td>
          </DenseRow>
        );
      })}
    </DenseTable>
  );
}
