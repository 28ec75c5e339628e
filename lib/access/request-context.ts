// Builds the condition keys of a request. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
import { normaliseAddress } from '#lib/platform/http/client-network.ts';
import type { AccessQuestion } from './access-question.ts';
import { findAccount } from './attached/find-account.ts';
import { principalName, roleName } from './resource-names.ts';
import type { CredentialType, Principal, UserPrincipal } from './schema.ts';
import type { ContextValues } from './text-pattern.ts';

/** Docker's has up to 200 characters. */
const MAX_USER_AGENT = 256;

/** Keys are lowercase. A key without a value is absent. */
export function toContext(question: Omit<AccessQuestion, 'action'>): ContextValues {
  const { principal, context, membership = null, facts = {} } = question;
  const epochSeconds = Math.floor((context.at?.getTime() ?? Date.now()) / 1000);
  const values: Record<string, string | readonly string[]> = {
    'aws:currenttime': new Date(epochSeconds * 1000).toISOString(),
    'aws:epochtime': String(epochSeconds),
    'aws:securetransport': String(context.site.isSecure),
    'aws:requestedregion': context.site.region,
    'aws:principaltype': principalType(principal),
    'vitrine:ismember': String(membership !== null && membership.role !== null),
  };
  const add = (key: string, value: string | boolean | null | undefined) => {
    if (value !== undefined && value !== null) values[key] = String(value);
  };
  add('aws:sourceip', context.address && normaliseAddress(context.address));
  // Bounds the time that patterns take.
  add('aws:useragent', context.userAgent?.slice(0, MAX_USER_AGENT));
  if (principal.kind === 'user') {
    const { userId, robot, roleSession } = principal;
    add('aws:userid', roleSession ? `${userId}:${roleSession.sessionName}` : userId);
    // IAM leaves it out for sessions of roles.
    if (!roleSession) add('aws:username', robot?.name ?? userId);
    const account = findAccount(principal, membership);
    if (account) {
      add('aws:principalaccount', account.registryId);
      // Of a session it is the role's.
      const role = roleSession && roleName(roleSession.registryId, roleSession.role);
      add('aws:principalarn', role ?? principalName(account.registryId, principal));
      for (const [key, value] of Object.entries(account.tags ?? {}))
        add(`aws:principaltag/${key.toLowerCase()}`, value);
    }
    add('aws:tokenissuetime', principal.issuedAt?.toISOString());
    add('vitrine:credentialtype', credentialType(principal));
    const { claims } = roleSession ?? {};
    if (claims) for (const name of Object.keys(claims)) add(`vitrine:claim/${name.toLowerCase()}`, claims[name]);
  }
  add('vitrine:imagetag', facts.image?.tag);
  add('vitrine:imagedigest', facts.image?.digest);
  for (const [key, value] of Object.entries(facts.resourceTags ?? {})) {
    for (const service of ['aws', 'ecr', 'ecr-public']) add(`${service}:resourcetag/${key.toLowerCase()}`, value);
  }
  if (facts.requestTags) {
    for (const { key, value } of facts.requestTags) add(`aws:requesttag/${key.toLowerCase()}`, value);
  }
  if (facts.tagKeys) values['aws:tagkeys'] = facts.tagKeys;
  add('vitrine:repositoryname', facts.fullName);
  add('vitrine:visibility', facts.visibility);
  add('vitrine:hasimage', facts.hasImage);
  add('vitrine:isquarantined', facts.isQuarantined);
  add('vitrine:isdeletedbyadmin', facts.isDeletedByAdmin);
  add('vitrine:issubmitted', facts.isSubmitted);
  add('vitrine:fromrole', facts.fromRole);
  add('vitrine:torole', facts.toRole);
  return values;
}

/** Null for commands and for users without a credential of their own. */
function credentialType({
  sessionId,
  accessTokenId,
  roleSession,
  accessKey,
  issuedAt,
}: UserPrincipal): CredentialType | null {
  if (sessionId !== undefined) return 'session';
  if (accessTokenId !== undefined) return 'access-token';
  if (roleSession) return roleSession.claims ? 'web-identity' : 'role-session';
  if (!accessKey) return null;
  return issuedAt ? 'temporary' : 'access-key';
}

function principalType(principal: Principal): string {
  if (principal.kind !== 'user') return 'Anonymous';
  return principal.roleSession ? 'AssumedRole' : 'User';
}
