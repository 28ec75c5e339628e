import type pg from 'pg';
import { findTokenHolder, type TokenHolder } from '#lib/identity/credentials/find-token-holder.ts';
import { grantsAllow } from '#lib/access/token-scope.ts';
import type { RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { ANONYMOUS, type Principal, type RepositoryAction, type UserPrincipal } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Verified credentials from the Authorization header: none, an access token as the password, or a bearer token. */
export type Credentials =
  { kind: 'none' } | { kind: 'access_token'; principal: UserPrincipal } | { kind: 'bearer'; token: RegistryToken };

/** Resolves credentials to a principal, from the current rows. */
export async function resolvePrincipal(app: { pool: pg.Pool }, credentials: Credentials): Promise<Principal> {
  if (credentials.kind !== 'bearer' || credentials.token.userId === null) return toPrincipal(credentials, null);
  const { userId, scopes, accessTokenId } = credentials.token;
  return toPrincipal(credentials, await findTokenHolder(app, { userId, accessTokenId, scopes }));
}

/**
 * Resolves credentials to a principal. A bearer token doesn't outlive its account or its access token.
 * @param holder of a bearer token, from the current rows
 */
export function toPrincipal(credentials: Credentials, holder: TokenHolder | null): Principal {
  if (credentials.kind === 'access_token') return credentials.principal;
  if (credentials.kind === 'none' || credentials.token.userId === null) return ANONYMOUS;
  if (!holder) throw notAuthenticated('This account is disabled.', 'invalid_token');
  if (!holder.isTokenLive) {
    throw notAuthenticated('The access token behind this login was revoked or has expired.', 'invalid_token');
  }
  return holder.principal;
}

/** Returns the user that the credentials name, even if they are no longer valid. Null: anonymous. */
export function userIdOf(credentials: Credentials): string | null {
  if (credentials.kind === 'none') return null;
  return credentials.kind === 'access_token' ? credentials.principal.userId : credentials.token.userId;
}

type DescribedCredentials = { userId: string | null; credential: string | null; accessTokenId: string | null };
const NOBODY: DescribedCredentials = { userId: null, credential: null, accessTokenId: null };

/** Describes credentials for the audit log. An anonymous bearer token identifies nobody. */
export function describeCredentials(credentials: Credentials): DescribedCredentials {
  if (credentials.kind === 'access_token') {
    const { userId, accessTokenId = null } = credentials.principal;
    return { userId, credential: 'access_token', accessTokenId };
  }
  if (credentials.kind === 'none' || credentials.token.userId === null) return NOBODY;
  const { userId, accessTokenId } = credentials.token;
  return { userId, credential: 'registry_token', accessTokenId };
}

/** Whether the bearer token grants this. Other credentials have no grants. */
export function isGranted(credentials: Credentials, fullName: string, action: RepositoryAction): boolean {
  if (credentials.kind !== 'bearer') return true;
  return grantsAllow(credentials.token.grants, fullName, action);
}

/** RFC 6750 §3.1. Null if the request had no credentials. */
export type ChallengeReason = 'invalid_token' | 'insufficient_scope' | null;

/** The response is a challenge that says where to get a token, and for which scope. */
export function notAuthenticated(message: string, reason: ChallengeReason): AppError {
  return new AppError('unauthenticated', message, { detail: reason && { reason } });
}

export function insufficientScope(fullName: string, action: RepositoryAction): AppError {
  return notAuthenticated(`The token was not issued for ${action} on ${fullName}.`, 'insufficient_scope');
}
