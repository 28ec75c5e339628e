import type { RoleView } from '#lib/publishers/roles/role-queries.ts';
import { roleLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { formatCount } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

type RoleListProps = {
  roles: RoleView[];
  registryId: string;
  /** Whether names link to the roles' pages. */
  canManage: boolean;
};

export function RoleList({ roles, registryId, canManage }: RoleListProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {roles.map(({ name, permission, description, trusted, disabledAt, lastUsedAt, sessions }) => (
        <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2" key={name}>
          <div className="min-w-0 flex-1 basis-52">
            <p className="font-mono font-semibold break-all">
              {canManage ? (
                <a className="link" href={roleLink({ registry: registryId, name })}>
                  {name}
                </a>
              ) : (
                name
              )}
            </p>
            {description !== '' && (
              <p className="text-sm break-words text-muted" dir="auto">
                {description}
              </p>
            )}
            <p className="text-sm text-muted">
              Trusts <span className="font-mono break-all">{trusted.join(', ') || 'nobody'}</span>
            </p>
          </div>
          <span className="text-sm text-muted">
            <RoleUse lastUsedAt={lastUsedAt} sessions={sessions} />
          </span>
          <span className="flex flex-wrap gap-2">
            {disabledAt && <Chip tone="warning">Disabled</Chip>}
            <Chip>{permission}</Chip>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Sessions are forgotten a day after they end, and their use with them. */
export function RoleUse({ lastUsedAt, sessions }: Pick<RoleView, 'lastUsedAt' | 'sessions'>) {
  return (
    <>
      {sessions === 1 ? '1 live session' : `${formatCount(sessions)} live sessions`} ·{' '}
      {lastUsedAt ? (
        <>
          Last used <TimeAgo date={lastUsedAt} />
        </>
      ) : (
        'Not used in the last day'
      )}
    </>
  );
}
