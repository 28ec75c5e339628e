import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { IdentityPolicyList } from '#components/console/policy/identity-policy-list.tsx';
import {
  MEMBERS,
  principalLink,
  PRINCIPALS,
  robotLink,
  ROBOTS,
  roleLink,
  CONSOLE_ROLES,
  teamLink,
  TEAMS,
} from '#components/links.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import { isRobotName } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { findPolicyHolder, type HolderQuestion } from '#lib/publishers/identity-policies/policy-holder.ts';
import { MAX_IDENTITY_POLICIES } from '#lib/publishers/identity-policies/schema.ts';
import { chooseRegistry } from '../../../_lib/choose-registry.ts';
import { decodePart } from '../../../_lib/decode-part.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { PartSection } from '../../../_lib/frames/part-pages.tsx';
import { textParam, type RawSearchParams } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';
import { removeIdentityPolicyAction } from '../actions.ts';
import { AttachedSection } from './attached-section.tsx';
import { InlinePolicySection } from './inline-section.tsx';

export const metadata: Metadata = { title: 'Policies', robots: { index: false } };

type PrincipalPageProps = { params: Promise<{ principal: string }>; searchParams: Promise<RawSearchParams> };

/** The policies of a member, robot, role or team, for owners. */
export default async function PrincipalPage({ params, searchParams }: PrincipalPageProps) {
  const principal = decodePart((await params).principal);
  const query = await searchParams;
  const caller = await requireCaller(PRINCIPALS);
  const { chosen } = await chooseRegistry(caller, query);
  if (!chosen || !isAllowed({ ...caller, action: 'vitrine:ManagePolicies', membership: chosen })) notFound();
  const { id: registryKey, registryId: registry } = chosen;
  const { name, policies } = await findHolder({ caller, registryKey, principal });
  const { at, href, text } = parentOf({ registry, principal, name });
  const bound = { registryKey, registryId: registry, principal };
  const edited = textParam(query, 'edit');
  return (
    <ConsolePage at={at} caller={caller}>
      <p className="mb-2 text-sm">
        <a className="link" href={href}>
          {text}
        </a>
      </p>
      <h1 className="mb-1 text-xl font-semibold break-words">
        Policies of <span className="font-mono break-all">{name}</span>
      </h1>
      <p className="mb-8 max-w-2xl text-muted">
        {principal.startsWith('team:')
          ? 'They apply to the members of the team, beside their roles and their own policies. A denial always wins.'
          : 'They allow more than the role in the registry, or deny what it allows. A denial always wins.'}
      </p>
      <div className="flex max-w-3xl flex-col gap-12">
        <AttachedSection bound={bound} caller={caller} />
        <PartSection id="policies" title="Inline policies">
          {policies.length === 0 ? (
            <p className="text-muted">No inline policies yet.</p>
          ) : (
            <IdentityPolicyList
              linkTo={(edit) => principalLink({ registry, principal, edit })}
              policies={policies}
              remove={(policy) => removeIdentityPolicyAction.bind(null, { ...bound, name: policy })}
            />
          )}
        </PartSection>
        {edited !== '' || policies.length < MAX_IDENTITY_POLICIES ? (
          <InlinePolicySection bound={bound} edited={edited} policies={policies} query={query} />
        ) : (
          <p className="text-muted">
            These are {MAX_IDENTITY_POLICIES} policies, which is the limit. Remove one to add another.
          </p>
        )}
      </div>
    </ConsolePage>
  );
}

async function findHolder(question: HolderQuestion) {
  try {
    return await findPolicyHolder(getApp(), question);
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') notFound();
    throw error;
  }
}

/** The page that this one belongs to. */
function parentOf({ registry, principal, name }: { registry: string; principal: string; name: string }) {
  if (principal.startsWith('role:'))
    return { at: CONSOLE_ROLES, href: roleLink({ registry, name }), text: `Role ${name}` } as const;
  if (principal.startsWith('team:'))
    return { at: TEAMS, href: teamLink({ registry, name }), text: `Team ${name}` } as const;
  if (isRobotName(principal))
    return { at: ROBOTS, href: robotLink({ registry, name }), text: `Robot ${name}` } as const;
  return { at: MEMBERS, href: MEMBERS, text: 'Members' } as const;
}
