import type { AccessFacts } from '#lib/access/access-question.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import { principalName, resourceName } from '#lib/access/resource-names.ts';
import type { Membership } from '#lib/access/schema.ts';
import { awsError } from './aws-error.ts';
import type { Call } from './define-operations.ts';

/**
 * Decides whether a call may do its action in a registry, by default the key's own.
 * @throws AppError `AccessDeniedException` in the words of AWS, which scripts search for
 */
export function requireAwsAllowed(
  { caller, action, holder }: Call,
  { membership = holder.membership, facts }: { membership?: Membership; facts?: AccessFacts } = {},
): void {
  if (isAllowed({ ...caller, action, membership, facts })) return;
  const { principal, context } = caller;
  const resource = resourceName(action, {
    region: context.site.region,
    registryId: membership.registryId,
    fullName: facts?.fullName,
    visibility: facts?.visibility,
  });
  const who = principalName(holder.membership.registryId, principal);
  throw awsError(
    'AccessDeniedException',
    `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );
}
