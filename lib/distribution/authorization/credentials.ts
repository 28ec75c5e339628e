import type pg from 'pg';
import { findTokenHolder } from '#lib/identity/credentials/find-token-holder.ts';
import { grantsAllow } from '#lib/access/token-scope.ts';
import type { RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { ANONYMOUS, type Principal, type RepositoryAction, type UserPrincipal } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';

/** What came in the Authorization header, checked: nothing, an access token as password, or a bearer token of ours. */
export type Credentials =
  { kind: 'none' } | { kind: 'access_token'; principal: UserPrincipal } | { kind: 'bearer'; token: RegistryToken };

/** Who that is now, by the rows: a bearer token does not outlive its account, or the access token it was issued for. */
export async function resolvePrincipal(
  app: { pool: Pick<pg.Pool, 'query'> },
  credentials: Credentials,
): Promise<Principal> {
  if (credentials.kind === 'access_token') return credentials.principal;
  if (credentials.kind === 'none' || credentials.token.userId === null) return ANONYMOUS;
  const { userId, scopes, accessTokenId } = credentials.token;
  const holder = await findTokenHolder(app, { userId, accessTokenId, scopes });
  if (!holder) throw notAuthenticated('This account is disabled.', 'invalid_token');
  if (!holder.isTokenLive) {
    throw notAuthenticated('The access token behind this login was revoked, or has expired.', 'invalid_token');
  }
  return holder.principal;
}

/** Whom they name, good or not; null: nobody. */
export function userIdOf(credentials: Credentials): string | null {
  if (credentials.kind === 'none') return null;
  return credentials.kind === 'access_token' ? credentials.principal.userId : credentials.token.userId;
}

type DescribedCredentials = { userId: string | null; credential: string | null; accessTokenId: string | null };
const NOBODY: DescribedCredentials = { userId: null, credential: null, accessTokenId: null };

/** For the audit. A bearer token that was issued to nobody tells nothing. */
export function describeCredentials(credentials: Credentials): DescribedCredentials {
  if (credentials.kind === 'access_token') {
    const { userId, accessTokenId = null } = credentials.principal;
    return { userId, credential: 'access_token', accessTokenId };
  }
  if (credentials.kind === 'none' || credentials.token.userId === null) return NOBODY;
  const { userId, accessTokenId } = credentials.token;
  return { userId, credential: 'registry_token', accessTokenId };
}

/** Whether the bearer token was issued for this. Other credentials carry no list. */
export function isGranted(credentials: Credentials, fullName: string, action: RepositoryAction): boolean {
  if (credentials.kind !== 'bearer') return true;
  return grantsAllow(credentials.token.grants, fullName, action);
}

/** RFC 6750 §3.1; null where the request came without credentials. */
export type ChallengeReason = 'invalid_token' | 'insufficient_scope' | null;

/** The edge answers it with a challenge that says where to get a token, and for what. */
export function notAuthenticated(message: string, reason: ChallengeReason): AppError {
  return new AppError('unauthenticated', message, { detail: reason && { reason } });
}

export function insufficientScope(fullName: string, action: RepositoryAction): AppError {
  return notAuthenticated(`The token was not issued for ${action} on ${fullName}.`, 'insufficient_scope');
}
