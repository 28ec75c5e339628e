import type { RobotView } from '#lib/publishers/robots/robot-queries.ts';
import { robotLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { NamedList, NamedRow } from '../ui/named-list.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type RobotListProps = {
  robots: RobotView[];
  registryId: string;
  /** Whether names link to the robots' pages. */
  canManage: boolean;
};

export function RobotList({ robots, registryId, canManage }: RobotListProps) {
  return (
    <NamedList>
      {robots.map(({ userId, name, role, description, disabledAt, lastUsedAt, arePullsExcluded }) => (
        <NamedRow
          chips={
            <>
              {disabledAt && <Chip tone="warning">Disabled</Chip>}
              {arePullsExcluded && (
                <Chip title="Its pulls don’t change when an image was last pulled">Pulls excluded</Chip>
              )}
              <Chip>{role}</Chip>
            </>
          }
          description={description}
          href={canManage ? robotLink({ registry: registryId, name }) : null}
          key={userId}
          name={name}
          use={<RobotUse lastUsedAt={lastUsedAt} />}
        />
      ))}
    </NamedList>
  );
}

export function RobotUse({ lastUsedAt }: Pick<RobotView, 'lastUsedAt'>) {
  if (!lastUsedAt) return 'Never used';
  return (
    <>
      Last used <TimeAgo date={lastUsedAt} />
    </>
  );
}
