// What `docker login` keeps in place of an access token: good for new bearer tokens at /token, and for nothing else. It allows
// what its access token allows at the time, and ends with it, with the account, and with the password of the time of the login.
// https://distribution.github.io/distribution/spec/auth/oauth/
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

/** `authority` has a key of its own: neither kind of token is valid as the other. */
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

/** @throws AppError `unauthenticated` with a sentence that says what to do */
export async function authenticateRefreshToken(
  app: { db: Db },
  { authority, text }: { authority: TokenAuthority; text: string },
): Promise<UserPrincipal> {
  const claims = await verify(authority, text);
  const token = await app.db.accessToken.findFirst({
    where: { id: claims.access_token, userId: claims.sub },
    include: { user: true },
  });
  if (!token) throw new AppError('unauthenticated', 'The access token behind this login is gone: log in again.');
  if (fingerprint(authority, token.user) !== claims.password) {
    throw refuseToken(token, 'The password was changed since this login: log in again.');
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
    throw new AppError('unauthenticated', 'This login is not valid here, or has expired: log in again.', { cause });
  }
}

/** Of the password's hash, which has a salt: another one after each change, to the same password as well. */
function fingerprint({ key }: TokenAuthority, { passwordHash }: { passwordHash: string | null }): string {
  return createHmac('sha256', key)
    .update(passwordHash ?? '')
    .digest('base64url');
}
