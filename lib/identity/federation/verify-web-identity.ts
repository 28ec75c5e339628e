import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { parseKeySet, type IssuerKeys } from './issuer-keys.ts';
import { MAX_WEB_IDENTITY_TOKEN_LENGTH } from './schema.ts';

/** Public-key algorithms only. A symmetric key would be known to whoever verifies. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 60;

export type TrustedIssuer = {
  issuer: string;
  /** A token must be for one of them. */
  audiences: string[];
  /** A JSON Web Key Set for issuers that this site can't reach; null if they are fetched. */
  keySet: string | null;
};

export type WebIdentity = {
  issuer: string;
  subject: string;
  /** The accepted audience. */
  audience: string;
  claims: JWTPayload;
  expiresAt: Date;
  /** Whether the issuer gave its keys. Otherwise the registry did, which can then sign anything in the issuer's name. */
  areKeysFetched: boolean;
};

/** Why a token is refused, in the terms of STS. */
export type RefusedToken = 'invalid' | 'expired' | 'rejected' | 'unreachable';

/**
 * Verifies a token of OpenID Connect against the registry's identity providers.
 * @throws AppError `unauthenticated` with `refusedToken` in its detail, and a message that says what is wrong
 */
export async function verifyWebIdentity(
  keys: IssuerKeys,
  { token, providers }: { token: string; providers: readonly TrustedIssuer[] },
): Promise<WebIdentity> {
  const issuer = readIssuer(token);
  const provider = providers.find((one) => one.issuer === issuer);
  if (!provider) throw refuse('invalid', `No identity provider of this registry has the issuer ${shown(issuer)}.`);
  const payload = await verify(keys, provider, token);
  const { sub, aud, exp } = payload;
  if (!sub || exp === undefined) throw refuse('invalid', 'The token has no subject.');
  const audience = [aud ?? []].flat().find((one) => provider.audiences.includes(one));
  if (audience === undefined) {
    const given = [aud ?? 'nobody'].flat().map(shown).join(', ');
    throw refuse(
      'rejected',
      `The token is for ${given}. The identity provider accepts ${provider.audiences.join(', ')}.`,
    );
  }
  const areKeysFetched = provider.keySet === null;
  return { issuer, subject: sub, audience, claims: payload, expiresAt: new Date(exp * 1000), areKeysFetched };
}

/** Reads the issuer, which isn't trusted before the signature is verified. */
function readIssuer(token: string): string {
  if (token.length > MAX_WEB_IDENTITY_TOKEN_LENGTH) throw refuse('invalid', 'The token is too long.');
  try {
    const { iss } = decodeJwt(token);
    if (typeof iss === 'string') return iss;
  } catch {
    throw refuse('invalid', 'The token is not a JSON Web Token.');
  }
  throw refuse('invalid', 'The token names no issuer.');
}

async function verify(keys: IssuerKeys, { issuer, keySet }: TrustedIssuer, token: string): Promise<JWTPayload> {
  const resolveKey = keySet === null ? keys.keysOf(issuer) : parseKeySet(keySet).set;
  try {
    const { payload } = await jwtVerify(token, resolveKey, {
      algorithms: ALGORITHMS,
      issuer,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    return payload;
  } catch (cause) {
    if (isAppError(cause)) throw refuse('unreachable', cause.message, cause);
    throw toRefusal(cause);
  }
}

function toRefusal(cause: unknown): AppError {
  if (cause instanceof errors.JWTExpired) return refuse('expired', 'The token has expired.', cause);
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return refuse('invalid', `The token’s claim ${cause.claim} isn't right or is missing.`, cause);
  }
  if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWSSignatureVerificationFailed) {
    return refuse('invalid', "The token isn't signed by a key of its issuer.", cause);
  }
  return refuse('invalid', 'The token is not valid.', cause);
}

function refuse(refusedToken: RefusedToken, message: string, cause?: unknown): AppError {
  return new AppError('unauthenticated', message, { detail: { refusedToken }, cause });
}

/** For a message: one line of a length that fits. */
function shown(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, 200) || '(empty)';
}
