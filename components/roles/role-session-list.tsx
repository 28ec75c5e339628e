import type { RoleSessionView } from '#lib/publishers/roles/role-queries.ts';
import { Chip } from '../ui/chip.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

export function RoleSessionList({ sessions }: { sessions: RoleSessionView[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {sessions.map(({ accessKeyId, sessionName, createdAt, expiresAt, lastUsedAt, lastUsedAddress, isNarrowed }) => (
        <li className="px-3 py-2" key={accessKeyId}>
          <p className="flex flex-wrap items-center gap-2 font-mono font-semibold break-all">
            {sessionName}
            {isNarrowed && <Chip title="A session policy takes rights away">Narrowed</Chip>}
          </p>
          <p className="text-sm text-muted">
            Opened <TimeAgo date={createdAt} /> · Ends <TimeAgo date={expiresAt} /> ·{' '}
            {lastUsedAt ? (
              <>
                Last used <TimeAgo date={lastUsedAt} />
                {lastUsedAddress !== null && ` from ${lastUsedAddress}`}
              </>
            ) : (
              'Never used'
            )}
          </p>
          <p className="font-mono text-sm break-all text-muted">{accessKeyId}</p>
        </li>
      ))}
    </ul>
  );
}
