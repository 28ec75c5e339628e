import type { RequestView } from '#lib/aliases/queries.ts';
import { aliasRequestLink } from '../links.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { StatusChip } from './status-chip.tsx';

/** A publisher's own requests, latest first. */
export function RequestTable({ requests }: { requests: RequestView[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {requests.map((request) => (
        <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2" key={request.id}>
          <a className="font-mono font-semibold hover:underline" href={aliasRequestLink(request.id)}>
            {request.name}
          </a>
          <StatusChip status={request.status} />
          <span className="ml-auto text-sm text-muted">
            changed <TimeAgo date={request.updatedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
