import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import type { IdentityConfig } from '#lib/identity/identity-config.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import { readOrCreateSecret } from '#lib/platform/files.ts';

export type AuthKeys = {
  /** Signs next-auth's session cookies. */
  session: string;
  /** Signs the bearer tokens of /v2. */
  registryToken: Uint8Array;
  /** Signs refresh tokens (refresh-token.ts). */
  refreshToken: Uint8Array;
  /** Signs the passwords of `aws ecr get-login-password` (access-keys/login-password.ts). */
  loginPassword: Uint8Array;
  /** Signs page tokens of the AWS APIs, and their download URLs. */
  awsPages: Uint8Array;
  awsDownloads: Uint8Array;
  /** Signs WebAuthn challenges. */
  challenge: Uint8Array;
  /** Encrypts secrets in the database until `keys rewrap` has run (keys/stored-secrets.ts). */
  sealing: Uint8Array;
  /** Signs the addresses of images in publishers' texts (gallery/images). */
  images: Uint8Array;
  /** Signs links that end email digests (following/digest). */
  unsubscribe: Uint8Array;
  /** Signs requests of `vitrine doctor` (platform/http/seen-request.ts). */
  doctor: Uint8Array;
  /** Signs the URLs of private feeds (following/private-feed). */
  feed: Uint8Array;
  /** Signs the ids of uploads (distribution/push/ids). */
  uploads: Uint8Array;
  /** Signs manifests for clients that only read schema 1 (distribution/translate). */
  schema1: Uint8Array;
};

/** Derives a key for each purpose from one secret (HKDF, RFC 5869), so that tokens of one kind are never valid as another. */
export function deriveAuthKeys(config: IdentityConfig & ServerConfig): AuthKeys {
  const secret = config.authSecret ?? readOrCreateSecret(join(config.dataDir, 'secrets', 'auth'));
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, '', `vitrine ${purpose}`, 32));
  return {
    session: Buffer.from(derive('session')).toString('base64url'),
    registryToken: derive('registry-token'),
    refreshToken: derive('refresh-token'),
    loginPassword: derive('login-password'),
    awsPages: derive('aws-pages'),
    awsDownloads: derive('aws-downloads'),
    challenge: derive('challenge'),
    sealing: derive('sealing'),
    images: derive('images'),
    unsubscribe: derive('unsubscribe'),
    doctor: derive('doctor'),
    feed: derive('feed'),
    uploads: derive('uploads'),
    schema1: derive('schema-1'),
  };
}
