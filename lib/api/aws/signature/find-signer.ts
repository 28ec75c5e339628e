import { findKeyHolder, type KeyHolder } from '#lib/identity/access-keys/find-key-holder.ts';
import { deriveAccessKeySecret } from '#lib/identity/access-keys/access-key-secret.ts';
import { readSessionToken } from '#lib/identity/access-keys/session-token.ts';
import type { AwsApp } from '../aws-app.ts';
import { unknownKey, type Signature } from './read-signature.ts';

export type Signer = {
  holder: KeyHolder;
  secret: string;
  /** When the credentials expire, or null. Check it after the signature, which proves that they are the caller's. */
  credentialEnd: Date | null;
};

/**
 * Finds whose signature it claims to be.
 * @throws AppError `UnrecognizedClientException` for a key that is unknown or disabled, or another key's session token
 */
export async function findSigner(app: AwsApp, { accessKeyId, sessionToken }: Signature): Promise<Signer> {
  const isTemporary = accessKeyId.startsWith('ASIA');
  if (isTemporary !== (sessionToken !== null)) throw unknownKey();
  return sessionToken === null ? findLongLived(app, accessKeyId) : findTemporary(app, { accessKeyId, sessionToken });
}

async function findLongLived(app: AwsApp, accessKeyId: string): Promise<Signer> {
  const holder = await findKeyHolder(app, accessKeyId);
  const secret = holder && deriveAccessKeySecret(app.masterKeys, holder);
  if (!holder || secret === null) throw unknownKey();
  return { holder, secret, credentialEnd: holder.principal.credentialExpiresAt ?? null };
}

async function findTemporary(
  app: AwsApp,
  { accessKeyId, sessionToken }: { accessKeyId: string; sessionToken: string },
): Promise<Signer> {
  const session = await readSessionToken(app.masterKeys, sessionToken);
  if (session?.accessKeyId !== accessKeyId) throw unknownKey();
  const holder = await findKeyHolder(app, session.sourceKeyId);
  const secret = deriveAccessKeySecret(app.masterKeys, session);
  if (!holder || secret === null) throw unknownKey();
  const { expiresAt: credentialEnd } = session;
  // A role's session knows by its row when it was opened.
  const { issuedAt = session.issuedAt } = holder.principal;
  return {
    holder: { ...holder, principal: { ...holder.principal, credentialExpiresAt: credentialEnd, issuedAt } },
    secret,
    credentialEnd,
  };
}
