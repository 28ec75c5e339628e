import type { AccessTokenView } from '#lib/identity/sessions/queries.ts';
import { Chip } from '../ui/chip.tsx';
import { SubmitButton } from '../forms/submit-button.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type TokenTableProps = { tokens: AccessTokenView[]; revoke: (form: FormData) => Promise<void> };

export function TokenTable({ tokens, revoke }: TokenTableProps) {
  return (
    <ul className="rounded-lg border border-line">
      {tokens.map((token) => (
        <li
          className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 border-b border-line p-3 last:border-b-0"
          key={token.id}
        >
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-2 font-semibold break-words">
              {token.name}
              {token.isExpired && <Chip tone="warning">Expired</Chip>}
            </p>
            <p className="font-mono text-sm break-all text-muted">
              {token.hint}… · {token.scopes.join(' ')}
            </p>
            <p className="text-sm text-muted">
              Created <TimeAgo date={token.createdAt} /> ·{' '}
              {token.lastUsedAt ? (
                <>
                  Last used <TimeAgo date={token.lastUsedAt} />
                </>
              ) : (
                'Never used'
              )}{' '}
              ·{' '}
              {token.expiresAt ? (
                <>
                  {token.isExpired ? 'Expired' : 'Expires'} <TimeAgo date={token.expiresAt} />
                </>
              ) : (
                'No expiry'
              )}
            </p>
          </div>
          <RevokeForm revoke={revoke} token={token} />
        </li>
      ))}
    </ul>
  );
}

/** Asks for confirmation, because clients lose access immediately. */
function RevokeForm({ token, revoke }: { token: AccessTokenView; revoke: TokenTableProps['revoke'] }) {
  return (
    <details className="group text-right">
      <summary className="button button-small">
        Revoke<span className="sr-only"> {token.name}</span>
      </summary>
      <form action={revoke} className="mt-2 flex flex-wrap items-center justify-end gap-2">
        <input name="id" type="hidden" value={token.id} />
        <span className="text-sm text-muted">Clients that use it stop working immediately.</span>
        <SubmitButton isSmall tone="danger">
          Revoke token
        </SubmitButton>
      </form>
    </details>
  );
}
