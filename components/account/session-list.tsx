import type { SignInMethod } from '#lib/identity/schema.ts';
import type { SessionView } from '#lib/identity/sessions/queries.ts';
import { clientName } from '../ui/client-name.ts';
import { ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Chip } from '../ui/chip.tsx';
import { SubmitButton } from '../forms/submit-button.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const METHODS: Record<string, string> = {
  password: 'with a password',
  link: 'with a link',
  oidc: 'by single sign-on',
  passkey: 'with a passkey',
} satisfies Record<SignInMethod, string>;

type SessionListProps = {
  sessions: SessionView[];
  currentId: string | null;
  revoke: (form: FormData) => Promise<void>;
  revokeOthers: FormAction;
};

/** The user's sessions, the current one first. */
export function SessionList({ sessions, currentId, revoke, revokeOthers }: SessionListProps) {
  const isCurrent = ({ id }: SessionView) => id === currentId;
  const ordered = [...sessions.filter(isCurrent), ...sessions.filter((session) => !isCurrent(session))];
  return (
    <div className="flex flex-col gap-3">
      <ul className="divide-y divide-line rounded-lg border border-line">
        {ordered.map((session) => (
          <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2" key={session.id}>
            <div className="min-w-0 flex-1 basis-64">
              <p className="font-medium" title={session.userAgent ?? undefined}>
                {deviceName(session)}
              </p>
              <p className="text-sm text-muted">
                Signed in {METHODS[session.method] ?? ''} <TimeAgo date={session.createdAt} />
                {session.address && ` from ${session.address}`}
                {!isCurrent(session) && (
                  <>
                    {' '}
                    · last seen <TimeAgo date={session.lastSeenAt} />
                  </>
                )}
              </p>
            </div>
            {isCurrent(session) ? (
              <Chip tone="accent">This browser</Chip>
            ) : (
              <form action={revoke}>
                <input name="id" type="hidden" value={session.id} />
                <SubmitButton isSmall tone="plain">
                  End<span className="sr-only"> session in {deviceName(session)}</span>
                </SubmitButton>
              </form>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <ConfirmedButtonForm action={revokeOthers} button="End all other sessions" summary="End all others" />
      )}
    </div>
  );
}

function deviceName({ userAgent }: SessionView): string {
  return userAgent ? clientName(userAgent) : 'Unknown browser';
}
