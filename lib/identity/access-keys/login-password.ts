// The password of `aws ecr get-login-password`, with which docker logs in as `AWS`. It ends with its access key.
// Base64url and dots only, because clients decode `AWS:PASSWORD` with either alphabet of base64.
import type pg from 'pg';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findKeyHolder, noteKeyUse } from './find-key-holder.ts';

export const LOGIN_PASSWORD_TTL_SECONDS = 12 * 3_600;
export const LOGIN_USER_NAME = 'AWS';
const ISSUER = 'vitrine';
const ALGORITHM = 'HS256';
const TYPE = 'login+jwt';

const claimsSchema = z.object({ sub: z.uuid(), iat: z.number().default(0), exp: z.number(), key: z.string() });

export type LoginPassword = { password: string; expiresAt: Date };

/** @param credentialEnd when the credentials that ask for it expire, or null */
export async function issueLoginPassword(
  key: Uint8Array,
  { accessKeyId, userId, credentialEnd }: { accessKeyId: string; userId: string; credentialEnd: Date | null },
): Promise<LoginPassword> {
  const endMs = Math.min(Date.now() + LOGIN_PASSWORD_TTL_SECONDS * 1000, credentialEnd?.getTime() ?? Infinity);
  const expSeconds = Math.floor(endMs / 1000);
  const password = await new SignJWT({ key: accessKeyId })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .setIssuer(ISSUER)
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(expSeconds)
    .sign(key);
  return { password, expiresAt: new Date(expSeconds * 1000) };
}

/** Whether the text may be such a password. */
export function looksLikeLoginPassword(text: string): boolean {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

/** Whether the text may be a token of another issuer. */
export function looksLikeForeignToken(text: string): boolean {
  if (!looksLikeLoginPassword(text)) return false;
  try {
    return decodeProtectedHeader(text).typ !== TYPE;
  } catch {
    return false;
  }
}

const STALE = 'Your authorization token has expired. Log in again.';
const REVOKED = 'The access key of this login was disabled or deleted. Log in with another one.';

/** @throws AppError `unauthenticated`; its detail says `isStale` if the password was valid once */
export async function authenticateLoginPassword(
  app: { pool: pg.Pool },
  { key, password, address }: { key: Uint8Array; password: string; address: string | null },
): Promise<UserPrincipal> {
  const claims = await verify(key, password);
  if (claims.exp * 1000 <= Date.now()) throw staleLogin(STALE, claims);
  const holder = await findKeyHolder(app, claims.key);
  if (holder?.principal.userId !== claims.sub) throw staleLogin(REVOKED, claims);
  await noteKeyUse(app, holder, { service: 'registry', address });
  const endMs = Math.min(claims.exp * 1000, holder.principal.credentialExpiresAt?.getTime() ?? Infinity);
  const { issuedAt = new Date(claims.iat * 1000) } = holder.principal;
  return { ...holder.principal, credentialExpiresAt: new Date(endMs), issuedAt };
}

async function verify(key: Uint8Array, password: string): Promise<z.output<typeof claimsSchema>> {
  try {
    const options = { algorithms: [ALGORITHM], typ: TYPE, issuer: ISSUER, requiredClaims: ['sub', 'exp'] };
    const { payload } = await jwtVerify(password, key, options);
    return claimsSchema.parse(payload);
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) return claimsSchema.parse(cause.payload);
    throw new AppError('unauthenticated', "The password isn't valid. Log in again.", { cause });
  }
}

function staleLogin(message: string, { sub: userId, key: accessKeyId }: z.output<typeof claimsSchema>): AppError {
  return new AppError('unauthenticated', message, { detail: { isStale: true }, cause: { userId, accessKeyId } });
}

/** Whether the login was valid once, and has expired or lost its access key. */
export function isStaleLogin({ code, detail }: AppError): boolean {
  return code === 'unauthenticated' && typeof detail === 'object' && detail !== null && 'isStale' in detail;
}
