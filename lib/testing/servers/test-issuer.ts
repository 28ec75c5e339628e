// An issuer of OpenID Connect on this machine, which signs whatever a test wants.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';

export type SigningKey = { privateKey: CryptoKey; publicJwk: Record<string, unknown>; kid: string; alg: string };

export async function createSigningKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }, kid, alg };
}

/** It expires in ten minutes, unless the claims say otherwise. */
export function signToken(key: SigningKey, claims: JWTPayload): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const payload = { iat, exp: iat + 600, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: key.alg, kid: key.kid }).sign(key.privateKey);
}

export type TestIssuer = {
  issuer: string;
  /** What it serves. Change it to rotate keys or to fail. */
  served: { keys: SigningKey[]; status: number; named: string | null };
  /** The paths that were asked for. */
  asked: string[];
  /** Signs by the first key unless told otherwise. Claims that are undefined are left out. */
  sign: (claims?: JWTPayload, key?: SigningKey) => Promise<string>;
  close: () => Promise<void>;
};

/** @param audience of its tokens by default */
export async function startTestIssuer(audience: string): Promise<TestIssuer> {
  const served: TestIssuer['served'] = { keys: [await createSigningKey('one')], status: 200, named: null };
  const asked: string[] = [];
  let issuer = '';
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.statusCode = served.status;
    const isDiscovery = request.url === '/.well-known/openid-configuration';
    const discovery = { issuer: served.named ?? issuer, jwks_uri: `${issuer}/keys` };
    response.end(JSON.stringify(isDiscovery ? discovery : { keys: served.keys.map(({ publicJwk }) => publicJwk) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    served,
    asked,
    sign: (claims = {}, key = served.keys[0]) => {
      if (!key) throw new Error('the issuer has no key');
      return signToken(key, { iss: issuer, sub: 'workload', aud: audience, ...claims });
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
