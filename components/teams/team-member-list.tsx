import type { TeamMemberView } from '#lib/publishers/teams/team-queries.ts';
import { ButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Chip } from '../ui/chip.tsx';

type TeamMemberListProps = {
  members: TeamMemberView[];
  /** Null if the viewer can't remove them. */
  remove: ((member: TeamMemberView) => FormAction) | null;
};

export function TeamMemberList({ members, remove }: TeamMemberListProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {members.map((member) => {
        const { userId, kind, name, displayName, role, isByGroup } = member;
        return (
          <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2" key={userId}>
            <div className="min-w-0 flex-1 basis-52">
              <p className="break-words">
                {kind === 'robot' ? <span className="font-mono">{name}</span> : <bdi>{displayName}</bdi>}
              </p>
              {kind === 'person' && <p className="text-sm break-all text-muted">{name}</p>}
            </div>
            <span className="flex flex-wrap gap-2">
              {kind === 'robot' && <Chip>robot</Chip>}
              {isByGroup && <Chip title="A group of the identity provider">by group</Chip>}
              <Chip title="In the registry">{role}</Chip>
            </span>
            {remove && <ButtonForm about={name} action={remove(member)} button="Remove" />}
          </li>
        );
      })}
    </ul>
  );
}
