import type { RequestView } from '#lib/aliases/queries.ts';
import type { CheckCode } from '#lib/aliases/schema.ts';
import { reviewRequestLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import type { IconName } from '../ui/icon.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { RequestState } from './request-state.tsx';

const FLAGS: Record<CheckCode, { word: string; icon: IconName }> = {
  syntax: { word: 'Syntax', icon: 'close' },
  shape: { word: 'Shape', icon: 'close' },
  taken: { word: 'Taken', icon: 'close' },
  reserved: { word: 'Reserved', icon: 'lock' },
  look_alike: { word: 'Look-alike', icon: 'copy' },
  short: { word: 'Short', icon: 'tag' },
  requester: { word: 'Requester', icon: 'warning' },
  limits: { word: 'Limits', icon: 'close' },
};

export function QueueTable({ requests, isDecided }: { requests: RequestView[]; isDecided: boolean }) {
  const columns = ['Alias', 'Publisher', 'Flags', 'Risk', isDecided ? 'Submitted' : 'Waiting since', 'State'];
  return (
    <DenseTable columns={columns} label="Table of requests" width="medium">
      {requests.map((request) => (
        <Row columns={columns} key={request.id} request={request} />
      ))}
    </DenseTable>
  );
}

function Row({ columns, request }: { columns: string[]; request: RequestView }) {
  const { id, name, publisher, flags, risk, needsTwo, isAppeal, submittedAt } = request;
  return (
    <DenseRow className="focus-within:bg-accent-soft" columns={columns}>
      <th className="text-left font-normal" scope="row">
        <a
          className="block max-w-60 truncate font-mono font-semibold hover:underline"
          data-row-link=""
          href={reviewRequestLink(id)}
        >
          {name}
        </a>
      </th>
      <td className="max-w-48 truncate">{publisher}</td>
      <td>
        <span className="flex flex-wrap gap-1">
          {isAppeal && (
            <Chip icon="warning" tone="accent">
              Appeal
            </Chip>
          )}
          {flags.map((code) => (
            <Chip icon={FLAGS[code].icon} key={code} tone="warning">
              {FLAGS[code].word}
            </Chip>
          ))}
          {flags.length === 0 && !isAppeal && <Chip icon="check">None</Chip>}
        </span>
      </td>
      <td className="whitespace-nowrap tabular-nums">
        {risk}
        {needsTwo && <span title="Two reviewers must agree"> · two</span>}
      </td>
      <td>{submittedAt ? <TimeAgo date={submittedAt} /> : 'Not submitted'}</td>
      <td>
        <RequestState request={request} />
      </td>
    </DenseRow>
  );
}
