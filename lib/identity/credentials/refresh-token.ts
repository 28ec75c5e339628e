// Refresh tokens, which `docker login` stores instead of an access token. They can only be exchanged for bearer tokens
// at /token. A refresh token has its access token's current scopes. It becomes invalid when that token is revoked, the
// account is disabled or the password changes. https://distribution.github.io/distribution/spec/auth/oauth/
import { createHmac } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { TokenAuthority } from './registry-token.ts';
import { refuseToken } from './refused-token.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { acceptAccessToken } from './accept-access-token.ts';

export const REFRESH_TOKEN_TTL_SECONDS = 365 * 24 * 3_600;
const ISSUER = 'vitrine';
const ALGORITHM = 'HS256';
const TYPE = 'refresh+jwt';

const claimsSchema = z.object({ sub: z.uuid(), exp: z.number(), access_token: z.uuid(), password: z.string() });

/** `authority` must have a different key than the one for registry tokens. */
export async function issueRefreshToken(
  app: { db: Db },
  { authority, principal }: { authority: TokenAuthority; principal: UserPrincipal & { accessTokenId: string } },
): Promise<string> {
  const user = await app.db.user.findUniqueOrThrow({ where: { id: principal.userId }, select: { passwordHash: true } });
  const endMs = Date.now() + REFRESH_TOKEN_TTL_SECONDS * 1000;
  return new SignJWT({ access_token: principal.accessTokenId, password: fingerprint(authority, user) })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(authority.service)
    .setSubject(principal.userId)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Math.min(endMs, principal.credentialExpiresAt?.getTime() ?? Infinity) / 1000))
    .sign(authority.key);
}

/** @throws AppError `unauthenticated` with instructions for the user */
export async function authenticateRefreshToken(
  app: { db: Db },
  { authority, text }: { authority: TokenAuthority; text: string },
): Promise<UserPrincipal> {
  const claims = await verify(authority, text);
  const token = await app.db.accessToken.findFirst({
    where: { id: claims.access_token, userId: claims.sub },
    include: { user: true },
  });
  if (!token) throw new AppError('unauthenticated', 'The access token of this login no longer exists. Log in again.');
  if (fingerprint(authority, token.user) !== claims.password) {
    throw refuseToken(token, 'The password changed since this login. Log in again.');
  }
  const principal = await acceptAccessToken(app, token);
  const expiresAt = new Date(Math.min(claims.exp * 1000, principal.credentialExpiresAt?.getTime() ?? Infinity));
  return { ...principal, credentialExpiresAt: expiresAt };
}

async function verify(authority: TokenAuthority, text: string): Promise<z.output<typeof claimsSchema>> {
  try {
    const { payload } = await jwtVerify(text, authority.key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: authority.service,
      requiredClaims: ['sub', 'iat', 'exp'],
    });
    return claimsSchema.parse(payload);
  } catch (cause) {
    throw new AppError('unauthenticated', 'This login is invalid or has expired. Log in again.', { cause });
  }
}

/** Fingerprints the salted password hash, which changes even if the same password is set again. */
function fingerprint({ key }: TokenAuthority, { passwordHash }: { passwordHash: string | null }): string {
  return createHmac('sha256', key)
    .update(passwordHash ?? '')
    .digest('base64url');
}
