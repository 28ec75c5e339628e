import type { AccessFacts } from '#lib/access/access-question.ts';
import { isResourcePolicy } from '#lib/access/attached/attached-policy.ts';
import { decide } from '#lib/access/authorize.ts';
import { principalName, resourceName } from '#lib/access/resource-names.ts';
import type { Membership } from '#lib/access/schema.ts';
import { awsError } from './aws-error.ts';
import type { Call } from './define-operations.ts';

/**
 * Decides whether a call may do its action in a registry, by default the key's own.
 * @param named the registry as the call names it
 * @throws AppError `AccessDeniedException` in the words of AWS, which scripts search for
 */
export function requireAwsAllowed(
  { caller, action, holder }: Call,
  {
    membership = holder.membership,
    named,
    facts,
  }: { membership?: Membership; named?: string | undefined; facts?: AccessFacts } = {},
): void {
  const { outcome, because } = decide({ ...caller, action, membership, facts });
  if (outcome === 'allow') return;
  const { principal, context } = caller;
  const own = holder.membership.registryId;
  const isOwn = membership.registryId === own;
  // A registry stays hidden behind its alias.
  const resource = resourceName(action, {
    region: context.site.region,
    registryId: isOwn ? own : (named ?? membership.registryId),
    fullName: facts?.fullName,
    visibility: facts?.visibility,
  });
  // Other registries must not learn whether a policy denied the call, because then the repository exists.
  const why =
    isOwn && because
      ? `with an explicit deny in a${isResourcePolicy(because.policy) ? ' resource' : 'n identity'}-based policy`
      : `because no ${isOwn ? 'identity' : 'resource'}-based policy allows the ${action} action`;
  throw awsError(
    'AccessDeniedException',
    `User: ${principalName(own, principal)} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  );
}
