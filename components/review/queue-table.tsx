import type { RequestView } from '#lib/aliases/queries.ts';
import type { CheckCode } from '#lib/aliases/schema.ts';
import { reviewRequestLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
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

/** One 36-pixel row for each request. */
export function QueueTable({ requests, isDecided }: { requests: RequestView[]; isDecided: boolean }) {
  const columns = ['Alias', 'Publisher', 'Flags', 'Risk', isDecided ? 'Submitted' : 'Waiting since', 'State'];
  return (
    <div
      aria-label="Table of requests"
      className="relative overflow-x-auto rounded-lg border border-line"
      role="region"
      tabIndex={0}
    >
      <table className="w-full min-w-[46rem] border-collapse text-sm">
        <thead className="bg-surface text-left text-muted">
          <tr>
            {columns.map((column) => (
              <th className={`h-9 px-3 font-medium ${column === 'Risk' ? 'text-right' : ''}`} key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <Row key={request.id} request={request} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ request }: { request: RequestView }) {
  const { id, name, publisher, flags, risk, needsTwo, isAppeal, submittedAt } = request;
  return (
    <tr className="h-9 border-t border-line focus-within:bg-accent-soft hover:bg-surface">
      <th className="px-3 text-left font-normal" scope="row">
        <a
          className="block max-w-60 truncate font-mono font-semibold hover:underline"
          data-row-link=""
          href={reviewRequestLink(id)}
        >
          {name}
        </a>
      </th>
      <td className="max-w-48 truncate px-3">{publisher}</td>
      <td className="px-3">
        <span className="flex gap-1">
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
      <td className="px-3 text-right whitespace-nowrap tabular-nums">
        {risk}
        {needsTwo && <span title="Two reviewers must agree"> · two</span>}
      </td>
      <td className="px-3">{submittedAt ? <TimeAgo date={submittedAt} /> : 'Not submitted'}</td>
      <td className="px-3">
        <RequestState request={request} />
      </td>
    </tr>
  );
}
