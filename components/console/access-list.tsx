import { showRole, type RegistryRole } from '#lib/access/schema.ts';
import type { MemberView } from '#lib/publishers/members/member-queries.ts';
import type { RobotView } from '#lib/publishers/robots/robot-queries.ts';
import { Chip } from '../ui/chip.tsx';

const RIGHTS: Record<RegistryRole, string> = {
  owner: 'Pull, push, delete, change settings and members',
  maintainer: 'Pull, push, delete, change settings and members',
  pusher: 'Pull and push',
  reader: 'Pull',
  none: 'Only what policies allow',
};

const ROBOT_RIGHTS = { ...RIGHTS, maintainer: 'Pull, push, delete, change settings' };

/** What each member and robot may do with a repository. */
export function AccessList({ members, robots }: { members: MemberView[]; robots: RobotView[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {members.map(({ userId, displayName, email, role }) => (
        <Item detail={email} key={userId} rights={RIGHTS[role]} role={role} title={displayName} />
      ))}
      {robots.map(({ userId, name, role, disabledAt }) => (
        <Item
          detail={disabledAt ? 'Robot, disabled' : 'Robot'}
          key={userId}
          rights={ROBOT_RIGHTS[role]}
          role={role}
          title={name}
        />
      ))}
    </ul>
  );
}

type ItemProps = { title: string; detail: string; rights: string; role: RegistryRole };

function Item({ title, detail, rights, role }: ItemProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
      <div className="min-w-0 flex-1 basis-52">
        <p className="truncate font-semibold" dir="auto">
          {title}
        </p>
        <p className="truncate text-sm text-muted">{detail}</p>
      </div>
      <span className="text-sm text-muted">{rights}</span>
      <Chip>{showRole(role)}</Chip>
    </li>
  );
}
