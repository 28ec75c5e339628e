import { roleName } from '#lib/access/resource-names.ts';
import { ANONYMOUS, type RequestContext } from '#lib/access/schema.ts';
import { decideWebIdentity } from '#lib/access/trust/decide-trust.ts';
import { keepClaims } from '#lib/access/trust/session-claims.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import type { IssuerKeys } from '#lib/identity/federation/issuer-keys.ts';
import { verifyWebIdentity, type WebIdentity } from '#lib/identity/federation/verify-web-identity.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { requireDuration, type OpenedSession, type RequestedSession } from './assume-role.ts';
import { openSession } from './open-session.ts';
import { readTrust } from './read-trust.ts';
import { findRegistryRole, type RoleRow } from './role-store.ts';
import type { TokenUse } from './use-token-once.ts';

export type WebIdentityRequest = RequestedSession & {
  context: RequestContext;
  /** A token of OpenID Connect. */
  token: string;
  /** Called once the token is found to be trusted, and may refuse it. The token is then used once. Omit it to use it any number of times. */
  use?: (identity: WebIdentity, role: RoleRow) => TokenUse;
};

/**
 * Opens a session of a role for the holder of a token, who needs no other credential.
 * @throws AppError `unauthenticated` for a token that isn't valid (verify-web-identity.ts), `forbidden` if the trust
 *   policy doesn't allow it or there is no such role, `invalid_input`
 */
export async function assumeRoleByWebIdentity(
  app: { db: Db; masterKeys: MasterKeys; issuerKeys: IssuerKeys },
  { context, token, registryId, sessionName, durationSeconds, use, policy, ...asked }: WebIdentityRequest,
): Promise<OpenedSession & { identity: WebIdentity }> {
  const action = 'sts:AssumeRoleWithWebIdentity';
  const providers = await app.db.identityProvider.findMany({ where: { registry: { registryId } } });
  const identity = await verifyWebIdentity(app.issuerKeys, { token, providers });
  const { issuer, subject, claims } = identity;
  const role = await findRegistryRole(app.db, { registryId, name: asked.roleName });
  const trusted = role && readTrust(role);
  const isTrusted = trusted && decideWebIdentity(trusted, { issuer, claims, context, sessionName }).outcome === 'allow';
  if (!isTrusted || role.disabledAt) {
    throw new AppError(
      'forbidden',
      `Not authorized to perform ${action} on ${roleName(registryId, asked.roleName)}. ` +
        `Either there is no such role, or its trust policy doesn't allow a token of ${issuer} with the subject ${subject}.`,
    );
  }
  requireDuration(role, durationSeconds);
  const caller = { principal: ANONYMOUS, context };
  const expiresAt = new Date(Date.now() + durationSeconds * 1000);
  const kept = keepClaims(issuer, claims, identity);
  const session = {
    caller,
    role,
    sessionName,
    principal: subject,
    issuer,
    claims: kept,
    policy: policy ?? null,
    expiresAt,
    tokenUse: use?.(identity, role) ?? null,
  };
  return { ...(await openSession(app, session)), role, sessionName, identity };
}
