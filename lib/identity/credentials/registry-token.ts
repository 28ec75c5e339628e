// Bearer tokens for /v2, issued by /token. https://distribution.github.io/distribution/spec/auth/
import { randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';
import { REPOSITORY_ACTIONS, type RepositoryAction, type TokenScope } from '#lib/access/schema.ts';

export const REGISTRY_TOKEN_TTL_SECONDS = 30 * 60;
const ISSUER = 'vitrine';
const ALGORITHM = 'HS256';

/** Actions a token grants on one repository name. */
export type RepositoryGrant = { name: string; actions: RepositoryAction[] };

export type RegistryToken = {
  /** Null if anonymous. */
  userId: string | null;
  /** The credential's scopes at the time of issue. For an access token, its row has the current scopes. */
  scopes: TokenScope[] | null;
  /** The upper limit of its permissions, and of those of tokens exchanged for it. */
  grants: RepositoryGrant[];
  /** The access token it was issued for, whose revocation invalidates it. Null if there is none. */
  accessTokenId: string | null;
  /** The access key it was issued for, which invalidates it in the same way. Null if there is none. */
  accessKeyId: string | null;
  issuedAt: Date;
  /** In whole seconds. Never later than the expiry of the underlying credential. */
  expiresAt: Date;
};

/** `service` is the audience, so that a token isn't valid for another service with the same key. */
export type TokenAuthority = { key: Uint8Array; service: string };

const actionsSchema = z.array(z.enum(REPOSITORY_ACTIONS));
const claimsSchema = z.object({
  sub: z.string(),
  iat: z.number(),
  exp: z.number(),
  access: z.array(z.object({ type: z.literal('repository'), name: z.string(), actions: actionsSchema })),
  scopes: z.array(z.object({ repository: z.string(), actions: actionsSchema })).nullable(),
  access_token: z.string().nullable(),
  access_key: z.string().nullable().default(null),
});

/** Returns the expiry of a new token: after its lifetime, but not later than the underlying credential's. */
export function registryTokenEnd(issuedAt: Date, credentialExpiresAt: Date | null): Date {
  const end = Math.floor(issuedAt.getTime() / 1000) * 1000 + REGISTRY_TOKEN_TTL_SECONDS * 1000;
  return new Date(Math.min(end, credentialExpiresAt?.getTime() ?? Infinity));
}

export async function issueRegistryToken(authority: TokenAuthority, token: RegistryToken): Promise<string> {
  // Fractional seconds (RFC 7519), because a repository created in the same second must not seem older than the token.
  const issuedAtSeconds = token.issuedAt.getTime() / 1000;
  return new SignJWT({
    access: token.grants.map((grant) => ({ type: 'repository', ...grant })),
    scopes: token.scopes,
    access_token: token.accessTokenId,
    access_key: token.accessKeyId,
  })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setIssuer(ISSUER)
    .setAudience(authority.service)
    .setSubject(token.userId ?? '')
    .setIssuedAt(issuedAtSeconds)
    .setExpirationTime(Math.floor(token.expiresAt.getTime() / 1000))
    .setJti(randomUUID())
    .sign(authority.key);
}

/** @throws AppError `unauthenticated` for a token that is foreign, altered or expired */
export async function verifyRegistryToken(authority: TokenAuthority, text: string): Promise<RegistryToken> {
  try {
    const { payload } = await jwtVerify(text, authority.key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: authority.service,
      requiredClaims: ['sub', 'iat', 'exp', 'jti'],
    });
    const claims = claimsSchema.parse(payload);
    return {
      userId: claims.sub || null,
      scopes: claims.scopes,
      accessTokenId: claims.access_token,
      accessKeyId: claims.access_key,
      grants: claims.access.map(({ name, actions }) => ({ name, actions })),
      issuedAt: new Date(Math.round(claims.iat * 1000)),
      expiresAt: new Date(claims.exp * 1000),
    };
  } catch (cause) {
    throw new AppError('unauthenticated', 'The token is invalid or has expired.', { cause });
  }
}
