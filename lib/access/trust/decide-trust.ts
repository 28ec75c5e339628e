// Decides who may assume a role. A trust policy is the role's resource policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { compilePolicy } from '../compile-policy.ts';
import { evaluate, type Decision, type PolicyPrincipal, type PolicySet } from '../evaluate.ts';
import { statementsAbout } from '../attached/policy-view.ts';
import { rolePolicies } from '../managed-policies.ts';
import type { PolicyDocument } from '../policy-document.ts';
import { toContext } from '../request-context.ts';
import { policyPrincipal, roleName } from '../resource-names.ts';
import { ANONYMOUS, type Membership, type RequestContext, type UserCaller } from '../schema.ts';
import type { ContextValues } from '../text-pattern.ts';
import { claimContext } from './claim-context.ts';
import { providerName } from './public-issuers.ts';
import type { TrustAction } from './check-trust-policy.ts';

export type TrustedRole = {
  /** The registry that owns it, 12 digits. */
  registryId: string;
  name: string;
  trustPolicy: PolicyDocument;
};

/** What the caller asks STS for, as condition keys know it. */
type Asked = { sessionName: string; externalId?: string | undefined };

/** Whether a user or a session may assume the role. `membership`: of the registry that they act for. */
export function decideAssumption(
  role: TrustedRole,
  { caller, membership, ...asked }: Asked & { caller: UserCaller; membership: Membership },
): Decision {
  const { principal } = caller;
  return decide(role, 'sts:AssumeRole', {
    principal: policyPrincipal(membership.registryId, principal),
    identity: [
      ...rolePolicies(principal, membership.role),
      ...statementsAbout(membership.policies ?? [], { named: 'sts:AssumeRole', isGrantable: true }),
    ],
    context: { ...toContext({ ...caller, membership }), ...askedContext(asked) },
  });
}

/** Whether the holder of a verified token may assume the role. */
export function decideWebIdentity(
  role: TrustedRole,
  {
    issuer,
    claims,
    context,
    ...asked
  }: Asked & { issuer: string; claims: Readonly<Record<string, unknown>>; context: RequestContext },
): Decision {
  return decide(role, 'sts:AssumeRoleWithWebIdentity', {
    principal: { kind: 'federated', arn: providerName(role.registryId, issuer) },
    identity: [],
    context: {
      // The site's own keys win, whatever an issuer calls itself.
      ...claimContext(issuer, claims),
      ...toContext({ principal: ANONYMOUS, context }),
      ...askedContext(asked),
    },
  });
}

function decide(
  { registryId, name, trustPolicy }: TrustedRole,
  action: TrustAction,
  {
    principal,
    identity,
    context,
  }: { principal: PolicyPrincipal; identity: PolicySet['identity']; context: ContextValues },
): Decision {
  const resource = [compilePolicy('trust policy', trustPolicy)];
  const asked = { action, principal, resource: roleName(registryId, name), context };
  const policies = { identity, boundary: null, session: null, resource };
  // Unlike other resources, a role is closed to its own account too unless its trust policy opens it. From another account,
  // an identity that may do everything lacks just that.
  const opened = evaluate({ ...asked, resourceAccount: ELSEWHERE, policies: { ...policies, identity: [ANYTHING] } });
  return opened.outcome === 'deny' ? opened : evaluate({ ...asked, resourceAccount: registryId, policies });
}

const ELSEWHERE = 'another account';
const ANYTHING = compilePolicy('anything', {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
});

function askedContext({ sessionName, externalId }: Asked): ContextValues {
  return { 'sts:rolesessionname': sessionName, ...(externalId !== undefined && { 'sts:externalid': externalId }) };
}
