import type { RoleView } from '#lib/publishers/roles/role-queries.ts';
import { roleLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { formatCount } from '../ui/format-number.ts';
import { NamedList, NamedRow } from '../ui/named-list.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type RoleListProps = {
  roles: RoleView[];
  registryId: string;
  /** Whether names link to the roles' pages. */
  canManage: boolean;
};

export function RoleList({ roles, registryId, canManage }: RoleListProps) {
  return (
    <NamedList>
      {roles.map(({ name, permission, description, trusted, disabledAt, lastUsedAt, sessions }) => (
        <NamedRow
          chips={
            <>
              {disabledAt && <Chip tone="warning">Disabled</Chip>}
              <Chip>{permission}</Chip>
            </>
          }
          description={description}
          href={canManage ? roleLink({ registry: registryId, name }) : null}
          key={name}
          name={name}
          note={
            <>
              Trusts <span className="font-mono break-all">{trusted.join(', ') || 'nobody'}</span>
            </>
          }
          use={<RoleUse lastUsedAt={lastUsedAt} sessions={sessions} />}
        />
      ))}
    </NamedList>
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
