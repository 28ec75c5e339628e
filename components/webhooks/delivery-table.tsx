import type { DeliveryView } from '#lib/outbound/webhooks/webhook-queries.ts';
import { ButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Chip } from '../ui/chip.tsx';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type DeliveryTableProps = {
  deliveries: DeliveryView[];
  /** Null if the viewer may not. */
  redeliver: ((delivery: string) => FormAction) | null;
};

const COLUMNS = ['Event', 'Image', 'Status', 'Answer', 'Queued', 'Again'];
const STATUSES: Partial<Record<string, { text: string; tone?: 'warning' }>> = {
  pending: { text: 'Pending' },
  delivered: { text: 'Delivered' },
  given_up: { text: 'Given up', tone: 'warning' },
};

/** The log of a webhook. */
export function DeliveryTable({ deliveries, redeliver }: DeliveryTableProps) {
  return (
    <DenseTable columns={COLUMNS} label="Log of deliveries" width="medium">
      {deliveries.map((delivery) => {
        const { id, eventId, type, attempts, status, createdAt } = delivery;
        const { text, tone } = STATUSES[status] ?? { text: status };
        return (
          <DenseRow columns={COLUMNS} key={id}>
            <th className="text-left font-normal" scope="row">
              {type}
              <span className="block font-mono text-xs break-all text-muted">{eventId}</span>
            </th>
            <td className="font-mono break-all">{nameOf(delivery)}</td>
            <td>
              <Chip tone={tone}>{text}</Chip>
              {attempts > 1 && <span className="block text-muted">{attempts} attempts</span>}
            </td>
            <td>
              <AnswerOf {...delivery} />
            </td>
            <td>
              <TimeAgo date={createdAt} />
            </td>
            <td>
              {redeliver && status !== 'pending' && (
                <ButtonForm about={eventId} action={redeliver(id)} button="Deliver again" />
              )}
            </td>
          </DenseRow>
        );
      })}
    </DenseTable>
  );
}

function AnswerOf({ responseStatus, responseBody, problem, elapsedMs }: DeliveryView) {
  if (elapsedMs === null) return <span className="text-muted">Not sent yet</span>;
  return (
    <>
      {problem ?? `${responseStatus ?? 'Sent'} in ${elapsedMs} ms`}
      {responseBody !== null && responseBody !== '' && (
        <details>
          <summary className="cursor-pointer text-muted">Body</summary>
          <pre className="max-w-96 overflow-x-auto text-xs whitespace-pre-wrap">{responseBody}</pre>
        </details>
      )}
    </>
  );
}

function nameOf({ repository, tag, digest }: DeliveryView): string {
  if (repository === null) return '';
  if (tag !== null) return `${repository}:${tag}`;
  return digest === null ? repository : `${repository}@${digest.slice(0, 19)}`;
}
