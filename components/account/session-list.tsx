import type { SessionView } from '#lib/identity/sessions/queries.ts';
import { Chip } from '../ui/chip.tsx';
import { clientName } from '../ui/client-name.ts';
import { SubmitButton } from '../forms/submit-button.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type SessionListProps = {
  sessions: SessionView[];
  currentId: string | null;
  revoke: (form: FormData) => Promise<void>;
};

/** The user's sessions. Every session but the current one can be ended. */
export function SessionList({ sessions, currentId, revoke }: SessionListProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {sessions.map((session) => (
        <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2" key={session.id}>
          <div className="min-w-0 flex-1 basis-64">
            <p className="truncate" title={session.userAgent ?? undefined}>
              {session.userAgent === null ? 'Unknown browser' : clientName(session.userAgent)}
            </p>
            <p className="text-sm text-muted">
              Signed in by {session.method}
              {session.address && ` from ${session.address}`} · last seen <TimeAgo date={session.lastSeenAt} />
            </p>
          </div>
          {session.id === currentId ? (
            <Chip tone="accent">This browser</Chip>
          ) : (
            <form action={revoke}>
              <input name="id" type="hidden" value={session.id} />
              <SubmitButton isSmall tone="plain">
                Sign out
              </SubmitButton>
            </form>
          )}
        </li>
      ))}
    </ul>
  );
}
