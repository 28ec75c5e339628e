// Session tokens of temporary credentials, as STS issues them. Their secrets are derived from the master key, so that
// nothing is stored.
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';
import { createAccessKeyId, deriveAccessKeySecret } from './access-key-secret.ts';
import { deriveFromMaster, type MasterKeys } from '#lib/keys/master-keys.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'vitrine';
const TYPE = 'session+jwt';
const KEY_BYTES = 32;

export type TemporaryCredentials = {
  accessKeyId: string;
  keyVersion: number;
  secretAccessKey: string;
  sessionToken: string;
  expiresAt: Date;
};

/** What a session token states. */
export type TemporarySession = {
  /** Of the temporary credentials. */
  accessKeyId: string;
  keyVersion: number;
  /** The key that they were issued for, or the row of a role's session. They end with it. */
  sourceKeyId: string;
  issuedAt: Date;
  expiresAt: Date;
};

/** Tokens without `iat` count as issued long ago. */
const claimsSchema = z.object({ jti: z.string(), iat: z.number().default(0), exp: z.number(), key: z.string() });

/** Issues credentials that do what the source does, until they expire. */
export async function issueTemporaryCredentials(
  keys: MasterKeys,
  {
    sourceKeyId,
    accessKeyId = createAccessKeyId('ASIA'),
    expiresAt,
  }: { sourceKeyId: string; accessKeyId?: string; expiresAt: Date },
): Promise<TemporaryCredentials> {
  const keyVersion = keys.newest;
  const secretAccessKey = deriveAccessKeySecret(keys, { accessKeyId, keyVersion });
  const signingKey = deriveFromMaster(keys, keyVersion, 'session-token', KEY_BYTES);
  if (secretAccessKey === null || signingKey === null)
    throw new AppError('internal', 'The newest master key is missing.');
  const expSeconds = Math.floor(expiresAt.getTime() / 1000);
  const sessionToken = await new SignJWT({ key: sourceKeyId })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: String(keyVersion) })
    .setIssuer(ISSUER)
    .setJti(accessKeyId)
    .setIssuedAt()
    .setExpirationTime(expSeconds)
    .sign(signingKey);
  return { accessKeyId, keyVersion, secretAccessKey, sessionToken, expiresAt: new Date(expSeconds * 1000) };
}

/**
 * Reads a session token, also an expired one, whose request is refused after its signature was checked.
 * Null if the token is foreign or altered.
 */
export async function readSessionToken(keys: MasterKeys, text: string): Promise<TemporarySession | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(
      text,
      ({ kid }) => {
        const key = deriveFromMaster(keys, Number(kid), 'session-token', KEY_BYTES);
        if (key === null) throw new Error('unknown version of the master key');
        return key;
      },
      // Expired ones count as well.
      { algorithms: [ALGORITHM], typ: TYPE, issuer: ISSUER, requiredClaims: ['jti', 'exp'], currentDate: new Date(0) },
    );
    const { jti, iat, exp, key } = claimsSchema.parse(payload);
    const [issuedAt, expiresAt] = [new Date(iat * 1000), new Date(exp * 1000)];
    return { accessKeyId: jti, keyVersion: Number(protectedHeader.kid), sourceKeyId: key, issuedAt, expiresAt };
  } catch {
    return null;
  }
}
