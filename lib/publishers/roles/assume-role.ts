import { roleName, principalName } from '#lib/access/resource-names.ts';
import type { Membership, UserCaller } from '#lib/access/schema.ts';
import { decideAssumption } from '#lib/access/trust/decide-trust.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import type { TemporaryCredentials } from '#lib/identity/access-keys/session-token.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { openSession } from './open-session.ts';
import { findRegistryRole, type RoleRow } from './role-store.ts';
import { readTrust } from './read-trust.ts';

/** A session opened from another one. */
const MAX_CHAINED_SECONDS = 3_600;

export type RequestedSession = {
  /** The role's registry, 12 digits. */
  registryId: string;
  roleName: string;
  sessionName: string;
  durationSeconds: number;
  /** An identity policy that narrows what the role may do. */
  policy?: string | undefined;
};

export type OpenedSession = TemporaryCredentials & { role: RoleRow; sessionName: string };

/**
 * Opens a session of a role for a user, a robot or another session. It ends with the credential at the latest.
 * @throws AppError `forbidden` if the trust policy doesn't let them, or there is no such role; `invalid_input`
 */
export async function assumeRole(
  app: { db: Db; masterKeys: MasterKeys },
  {
    caller,
    membership,
    externalId,
    ...asked
  }: RequestedSession & { caller: UserCaller; membership: Membership; externalId?: string | undefined },
): Promise<OpenedSession> {
  const { principal } = caller;
  const { registryId, sessionName, durationSeconds, policy } = asked;
  const action = 'sts:AssumeRole';
  const role = await findRegistryRole(app.db, { registryId, name: asked.roleName });
  const who = principalName(membership.registryId, principal);
  const trusted = role && readTrust(role);
  const isTrusted =
    trusted && decideAssumption(trusted, { caller, membership, sessionName, externalId }).outcome === 'allow';
  if (!isTrusted || role.disabledAt) {
    const resource = roleName(registryId, asked.roleName);
    throw new AppError('forbidden', `User: ${who} is not authorized to perform: ${action} on resource: ${resource}`);
  }
  requireDuration(role, durationSeconds);
  if (principal.roleSession && durationSeconds > MAX_CHAINED_SECONDS) {
    const message =
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.';
    throw invalidField('durationSeconds', message);
  }
  const endMs = Math.min(Date.now() + durationSeconds * 1000, principal.credentialExpiresAt?.getTime() ?? Infinity);
  const session = {
    sessionName,
    principal: who,
    issuer: null,
    policy: policy ?? null,
    claims: null,
    tokenUse: null,
    expiresAt: new Date(endMs),
  };
  return { ...(await openSession(app, { caller, role, ...session })), role, sessionName };
}

/** @throws AppError `invalid_input` if the role's sessions don't last so long */
export function requireDuration({ maxSessionSeconds }: RoleRow, durationSeconds: number): void {
  if (durationSeconds <= maxSessionSeconds) return;
  const message = `The requested DurationSeconds exceeds the MaxSessionDuration set for this role, which is ${maxSessionSeconds}.`;
  throw invalidField('durationSeconds', message);
}
