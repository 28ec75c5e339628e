import type pg from 'pg';
import { findTokenHolder, type TokenHolder } from '#lib/identity/credentials/find-token-holder.ts';
import { grantsAllow } from '#lib/access/token-scope.ts';
import type { RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { ANONYMOUS, type Principal, type RepositoryAction, type UserPrincipal } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';

/**
 * Credentials from the Authorization header: none, a password (an access token, or that of an access key), or a bearer
 * token. `stale`: a password that was valid once. Clients keep such a login, and it mustn't break pulls of public
 * images.
 */
export type Credentials =
  | { kind: 'none' }
  | { kind: 'password'; principal: UserPrincipal }
  | { kind: 'stale'; refusal: AppError }
  | { kind: 'bearer'; token: RegistryToken };

/** Resolves credentials to a principal, from the current rows. */
export async function resolvePrincipal(app: { pool: pg.Pool }, credentials: Credentials): Promise<Principal> {
  if (credentials.kind !== 'bearer' || credentials.token.userId === null) return toPrincipal(credentials, null);
  const { userId, scopes, accessTokenId, accessKeyId, issuedAt } = credentials.token;
  return toPrincipal(credentials, await findTokenHolder(app, { userId, accessTokenId, accessKeyId, scopes, issuedAt }));
}

/**
 * Resolves credentials to a principal. A bearer token doesn't outlive its account, its access token or its access key.
 * @param holder of a bearer token, from the current rows
 */
export function toPrincipal(credentials: Credentials, holder: TokenHolder | null): Principal {
  if (credentials.kind === 'password') return credentials.principal;
  if (credentials.kind === 'stale') throw credentials.refusal;
  if (credentials.kind === 'none' || credentials.token.userId === null) return ANONYMOUS;
  if (!holder) throw notAuthenticated('This account is disabled.', 'invalid_token');
  if (!holder.isTokenLive) {
    const what = credentials.token.accessKeyId === null ? 'access token' : 'access key';
    throw notAuthenticated(`The ${what} behind this login was revoked or has expired.`, 'invalid_token');
  }
  return holder.principal;
}

/** Returns the user that the credentials name, even if they are no longer valid. Null: anonymous. */
export function userIdOf(credentials: Credentials): string | null {
  if (credentials.kind === 'password') return credentials.principal.userId;
  return credentials.kind === 'bearer' ? credentials.token.userId : null;
}

export type DescribedCredentials = {
  userId: string | null;
  credential: string | null;
  accessTokenId: string | null;
  accessKeyId: string | null;
};
const NOBODY: DescribedCredentials = { userId: null, credential: null, accessTokenId: null, accessKeyId: null };

/** Describes credentials for the audit log. An anonymous bearer token identifies nobody. */
export function describeCredentials(credentials: Credentials): DescribedCredentials {
  if (credentials.kind === 'password') return describePassword(credentials.principal);
  if (credentials.kind !== 'bearer' || credentials.token.userId === null) return NOBODY;
  const { userId, accessTokenId, accessKeyId } = credentials.token;
  return { userId, credential: 'registry_token', accessTokenId, accessKeyId };
}

/** Describes a user who sent a password. */
export function describePassword(
  principal: UserPrincipal,
): DescribedCredentials & { userId: string; credential: string } {
  const { userId, accessTokenId = null, accessKey } = principal;
  if (accessKey) return { userId, credential: 'access_key', accessTokenId: null, accessKeyId: accessKey.id };
  return { userId, credential: 'access_token', accessTokenId, accessKeyId: null };
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
