import type { RegistryRole } from '#lib/access/schema.ts';
import type { MemberView } from '#lib/publishers/members/member-queries.ts';
import { Chip } from '../ui/chip.tsx';

const RIGHTS: Record<RegistryRole, string> = {
  owner: 'Pull, push, delete, change settings and members',
  maintainer: 'Pull, push, delete, change settings and members',
  pusher: 'Pull and push',
  reader: 'Pull',
};

/** What each member may do with a repository. */
export function AccessList({ members }: { members: MemberView[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {members.map(({ userId, displayName, email, role }) => (
        <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2" key={userId}>
          <div className="min-w-0 flex-1 basis-52">
            <p className="truncate font-semibold" dir="auto">
              {displayName}
            </p>
            <p className="truncate text-sm text-muted">{email}</p>
          </div>
          <span className="text-sm text-muted">{RIGHTS[role]}</span>
          <Chip>{role}</Chip>
        </li>
      ))}
    </ul>
  );
}
