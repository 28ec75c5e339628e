import type { InvitationView, MemberView } from '#lib/publishers/members/member-queries.ts';
import { REGISTRY_ROLES, showRole } from '#lib/access/schema.ts';
import { Chip } from '../ui/chip.tsx';
import { SubmitButton } from '../forms/submit-button.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type FormHandler = (form: FormData) => Promise<void>;

type MemberTableProps = {
  members: MemberView[];
  ownUserId: string;
  canManage: boolean;
  changeRole: FormHandler;
  remove: FormHandler;
  leave: FormHandler;
  /** Null for members who may only look. */
  switchPulls: FormHandler | null;
  /** The page of a member's policies. Null for those who can't manage them. */
  policiesLink: ((userId: string) => string) | null;
};

export function MemberTable({
  members,
  ownUserId,
  canManage,
  changeRole,
  remove,
  leave,
  switchPulls,
  policiesLink,
}: MemberTableProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {members.map((member) => {
        const isOwn = member.userId === ownUserId;
        return (
          <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2" key={member.userId}>
            <div className="min-w-0 flex-1 basis-52">
              <p className="truncate font-semibold" dir="auto">
                {member.displayName}
              </p>
              <p className="truncate text-sm text-muted">{member.email}</p>
              {!member.isEmailProven && <Chip tone="warning">Address not confirmed</Chip>}
              {member.arePullsExcluded && (
                <Chip title="Their pulls don’t change when an image was last pulled">Pulls excluded</Chip>
              )}
            </div>
            {canManage && !isOwn ? (
              <RoleForm changeRole={changeRole} member={member} />
            ) : (
              <Chip>{isOwn ? `${showRole(member.role)}, you` : showRole(member.role)}</Chip>
            )}
            {policiesLink && (
              <a className="link text-sm" href={policiesLink(member.userId)}>
                Policies<span className="sr-only"> of {member.displayName}</span>
              </a>
            )}
            {switchPulls && <PullsForm member={member} switchPulls={switchPulls} />}
            {(canManage || isOwn) && <RemoveForm action={isOwn ? leave : remove} isOwn={isOwn} member={member} />}
          </li>
        );
      })}
    </ul>
  );
}

function RoleForm({ member, changeRole }: { member: MemberView; changeRole: FormHandler }) {
  return (
    <form action={changeRole} className="flex items-center gap-2">
      <input name="userId" type="hidden" value={member.userId} />
      <select
        aria-label={`Role of ${member.displayName}`}
        className="control w-36"
        defaultValue={member.role}
        key={member.role}
        name="role"
      >
        {REGISTRY_ROLES.map((role) => (
          <option key={role} value={role}>
            {showRole(role)}
          </option>
        ))}
      </select>
      <SubmitButton isSmall tone="plain">
        Change role
      </SubmitButton>
    </form>
  );
}

function PullsForm({ member, switchPulls }: { member: MemberView; switchPulls: FormHandler }) {
  const { userId, displayName, arePullsExcluded } = member;
  return (
    <form action={switchPulls}>
      <input name="userId" type="hidden" value={userId} />
      {/* The new state, so that a stale page can't undo another member's change. */}
      <input name="isExcluded" type="hidden" value={arePullsExcluded ? '' : '1'} />
      <SubmitButton isSmall tone="plain">
        {arePullsExcluded ? 'Include pulls' : 'Exclude pulls'}
        <span className="sr-only"> of {displayName}</span>
      </SubmitButton>
    </form>
  );
}

/** Asks for confirmation, because the member's tokens lose access immediately. */
function RemoveForm({ member, isOwn, action }: { member: MemberView; isOwn: boolean; action: FormHandler }) {
  return (
    <details>
      <summary className="button button-small w-fit">{isOwn ? 'Leave …' : 'Remove …'}</summary>
      <form action={action} className="mt-2">
        <input name="userId" type="hidden" value={member.userId} />
        <SubmitButton isSmall tone="danger">
          {isOwn ? 'Leave registry' : `Remove ${member.displayName}`}
        </SubmitButton>
      </form>
    </details>
  );
}

export function InvitationList({ invitations, revoke }: { invitations: InvitationView[]; revoke: FormHandler }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {invitations.map(({ id, email, role, expiresAt, isExpired }) => (
        <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2" key={id}>
          <span className="min-w-0 flex-1 truncate">{email}</span>
          <Chip>{showRole(role)}</Chip>
          <span className="text-sm text-muted">
            {isExpired ? 'Expired' : 'Expires'} <TimeAgo date={expiresAt} />
          </span>
          <form action={revoke}>
            <input name="id" type="hidden" value={id} />
            <SubmitButton isSmall tone="plain">
              Revoke invitation
            </SubmitButton>
          </form>
        </li>
      ))}
    </ul>
  );
}
