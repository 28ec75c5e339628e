import type { PasskeyView } from '#lib/identity/factors/factor-queries.ts';
import { ConfirmedButtonForm } from '../forms/button-form.tsx';
import { FoldedForm } from '../forms/folded-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

type PasskeyListProps = {
  passkeys: PasskeyView[];
  rename: (id: string) => FormAction;
  /** Null unless the sign-in is recent. */
  remove: ((id: string) => FormAction) | null;
};

export function PasskeyList({ passkeys, rename, remove }: PasskeyListProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {passkeys.map(({ id, name, isSynced, createdAt, lastUsedAt }) => (
        <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-3 py-2" key={id}>
          <div className="min-w-0">
            <p className="font-medium break-words">{name}</p>
            <p className="text-sm text-muted">
              Added <TimeAgo date={createdAt} /> ·{' '}
              {lastUsedAt ? (
                <>
                  last used <TimeAgo date={lastUsedAt} />
                </>
              ) : (
                'never used'
              )}
              {isSynced && ' · synced between devices'}
            </p>
          </div>
          <div className="flex flex-wrap items-start gap-2">
            <FoldedForm
              about={name}
              action={rename(id)}
              button="Rename passkey"
              field={{ name: 'name', label: 'New name', maxLength: 60 }}
              summary="Rename"
              tone="plain"
            />
            {remove && (
              <ConfirmedButtonForm about={name} action={remove(id)} button="Remove passkey" summary="Remove" />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
