import type { RobotView } from '#lib/publishers/robots/robot-queries.ts';
import { robotLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type RobotListProps = {
  robots: RobotView[];
  registryId: string;
  /** Whether names link to the robots' pages. */
  canManage: boolean;
};

export function RobotList({ robots, registryId, canManage }: RobotListProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {robots.map(({ userId, name, role, description, disabledAt, lastUsedAt, arePullsExcluded }) => (
        <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2" key={userId}>
          <div className="min-w-0 flex-1 basis-52">
            <p className="font-mono font-semibold break-all">
              {canManage ? (
                <a className="link" href={robotLink({ registry: registryId, name })}>
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
          </div>
          <span className="text-sm text-muted">
            <RobotUse lastUsedAt={lastUsedAt} />
          </span>
          <span className="flex flex-wrap gap-2">
            {disabledAt && <Chip tone="warning">Disabled</Chip>}
            {arePullsExcluded && (
              <Chip title="Its pulls don’t change when an image was last pulled">Pulls excluded</Chip>
            )}
            <Chip>{role}</Chip>
          </span>
        </li>
      ))}
    </ul>
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
