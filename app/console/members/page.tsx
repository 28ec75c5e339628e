import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { MEMBERS, principalLink } from '#components/links.ts';
import { InviteForm } from '#components/members/invite-form.tsx';
import { InvitationList, MemberTable } from '#components/members/member-table.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { listInvitations, listMembers } from '#lib/publishers/members/member-queries.ts';
import { listRegistries, type RegistryView } from '#lib/repositories/queries.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import {
  changeRoleAction,
  inviteAction,
  leaveAction,
  removeMemberAction,
  revokeInvitationAction,
  switchPullsAction,
} from './actions.ts';

export const metadata: Metadata = { title: 'Members', robots: { index: false } };

const PROBLEMS: Record<string, string> = {
  conflict: 'A registry needs at least one owner.',
  forbidden: 'Your role doesn’t allow this.',
  not_found: 'It was already removed.',
};

export default async function MembersPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const app = getApp();
  const caller = await requireCaller(MEMBERS);
  await ensureRegistry(app, { caller });
  const registries = await listRegistries(app, { userId: caller.principal.userId });
  const problem = PROBLEMS[textParam(await searchParams, 'problem')];
  return (
    <ConsolePage at={MEMBERS} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Members</h1>
      <p className="mb-6 max-w-2xl text-muted">Members and their roles. Changes are listed under Activity.</p>
      {problem && (
        <div className="mb-6">
          <Notice tone="error">{problem}</Notice>
        </div>
      )}
      <div className="flex flex-col gap-12">
        {registries.map((registry) => (
          <RegistryMembers caller={caller} key={registry.registryId} registry={registry} />
        ))}
      </div>
    </ConsolePage>
  );
}

async function RegistryMembers({ caller, registry }: { caller: UserCaller; registry: RegistryView }) {
  const app = getApp();
  const { id, registryId, primaryAlias } = registry;
  const { userId } = caller.principal;
  const canView = isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership: registry });
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageMembers', membership: registry });
  const canExclude = isAllowed({ ...caller, action: 'ecr:RegisterPullTimeUpdateExclusion', membership: registry });
  const canManagePolicies = isAllowed({ ...caller, action: 'vitrine:ManagePolicies', membership: registry });
  const [members, invitations] = await Promise.all([
    listMembers(app, { registryKey: id }),
    canManage ? listInvitations(app, { registryKey: id }) : [],
  ]);
  return (
    <section aria-labelledby={`members-${primaryAlias}`} className="grid gap-8 lg:grid-cols-[3fr_2fr]">
      <div className="flex min-w-0 flex-col gap-4">
        <h2 className="font-mono text-lg font-semibold" id={`members-${primaryAlias}`}>
          {primaryAlias}
        </h2>
        <MemberTable
          canManage={canManage}
          changeRole={changeRoleAction.bind(null, id)}
          leave={leaveAction.bind(null, id)}
          members={canView ? members : members.filter((member) => member.userId === userId)}
          ownUserId={userId}
          policiesLink={canManagePolicies ? (principal) => principalLink({ registry: registryId, principal }) : null}
          remove={removeMemberAction.bind(null, id)}
          switchPulls={canExclude ? switchPullsAction.bind(null, id) : null}
        />
        {canExclude && (
          <p className="text-sm text-muted">
            Exclude the pulls of a scanner or another machine, so that they don’t change when an image was last pulled.
          </p>
        )}
        {invitations.length > 0 && (
          <>
            <h3 className="font-semibold">Pending invitations</h3>
            <InvitationList invitations={invitations} revoke={revokeInvitationAction.bind(null, id)} />
          </>
        )}
      </div>
      {canManage && (
        <div className="min-w-0">
          <h3 className="mb-2 font-semibold">Invite a member</h3>
          <InviteForm action={inviteAction.bind(null, id)} />
        </div>
      )}
    </section>
  );
}
