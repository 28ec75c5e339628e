// Stored credentials go stale. Every route then answers with a challenge that says where to get new ones.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { issueRegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';

const UPLOAD = '0b8e7c4a-2f7e-4f41-9d0a-6f0c6d1f2a3b';
const EMPTY_INDEX = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] });
const DIGEST = sha256('a layer');

let vitrine: TestApp;
let ada: TestUser;
const stale = new Map<string, string>();

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  const client = createRawClient(vitrine.url, basic(ada.token));
  for (const name of ['open', 'secret']) {
    await client.pushBlob(`${ada.alias}/${name}`, 'a layer');
    const headers = { 'content-type': OCI_IMAGE_INDEX };
    await client.send('PUT', `/v2/${ada.alias}/${name}/manifests/v1`, { headers, body: EMPTY_INDEX });
  }
  await vitrine.app.db.repository.updateMany({ where: { name: 'secret' }, data: { visibility: 'private' } });

  const makeToken = () =>
    createAccessToken(vitrine.app, {
      caller: ada.caller,
      name: 'stale',
      scopes: ['push', 'delete'],
      expiresInDays: 1,
    });
  const revoked = await makeToken();
  await revokeAccessToken(vitrine.app, { caller: ada.caller, id: revoked.id });
  const expired = await makeToken();
  await vitrine.app.db.accessToken.update({ where: { id: expired.id }, data: { expiresAt: new Date(0) } });
  const authority = {
    key: vitrine.app.authKeys.registryToken,
    service: new URL(vitrine.app.config.publicUrl).host,
  };
  const bearer = await issueRegistryToken(authority, {
    userId: ada.caller.principal.userId,
    scopes: null,
    accessTokenId: null,
    accessKeyId: null,
    grants: [{ name: `${ada.alias}/open`, actions: ['pull', 'push'] }],
    issuedAt: new Date(Date.now() - 3_600_000),
    expiresAt: new Date(Date.now() - 1_800_000),
  });
  stale.set('a revoked access token', basic(revoked.secret));
  stale.set('an expired access token', basic(expired.secret));
  stale.set('an expired bearer token', `Bearer ${bearer}`);
});
afterAll(() => vitrine.close());

const routes = (name: string): [string, string][] => [
  ['GET', '/v2/'],
  ['HEAD', '/v2/'],
  ['GET', '/token'],
  ['GET', `/token?scope=repository:${name}:pull&offline_token=true`],
  ['GET', `/v2/${name}/manifests/v1`],
  ['HEAD', `/v2/${name}/manifests/v1`],
  ['GET', `/v2/${name}/blobs/${DIGEST}`],
  ['HEAD', `/v2/${name}/blobs/${DIGEST}`],
  ['GET', `/v2/${name}/tags/list`],
  ['GET', `/v2/${name}/referrers/${DIGEST}`],
  ['POST', `/v2/${name}/blobs/uploads/`],
  ['POST', `/v2/${name}/blobs/uploads/?mount=${DIGEST}&from=${name}`],
  ['PATCH', `/v2/${name}/blobs/uploads/${UPLOAD}`],
  ['PUT', `/v2/${name}/blobs/uploads/${UPLOAD}?digest=${DIGEST}`],
  ['GET', `/v2/${name}/blobs/uploads/${UPLOAD}`],
  ['DELETE', `/v2/${name}/blobs/uploads/${UPLOAD}`],
  ['PUT', `/v2/${name}/manifests/v2`],
  ['DELETE', `/v2/${name}/manifests/v1`],
  ['DELETE', `/v2/${name}/blobs/${DIGEST}`],
];

describe.each(['a revoked access token', 'an expired access token', 'an expired bearer token'])('%s', (kind) => {
  it.each(['open', 'secret', 'missing'])('gets a challenge on every route of a repository: %s', async (short) => {
    const client = createRawClient(vitrine.url, stale.get(kind));
    for (const [method, path] of routes(`${ada.alias}/${short}`)) {
      const answer = await client.send(method, path, { ...(method === 'PUT' && { body: EMPTY_INDEX }) });
      expect(answer.status, `${method} ${path}`).toBe(401);
      if (method !== 'HEAD') expect(answer.codes).toEqual(['UNAUTHORIZED']);
      const challenge = answer.headers['www-authenticate'] ?? '';
      expect(challenge).toMatch(/^Bearer realm="http:\/\/[^"]+\/token",service="[^"]+"/);
      if (path.startsWith(`/v2/${ada.alias}`)) expect(challenge).toContain(`scope="repository:${ada.alias}/${short}:`);
      if (kind === 'an expired bearer token') expect(challenge).toContain('error="invalid_token"');
    }
  });

  it('is replaced by following the challenge', async () => {
    const path = `/v2/${ada.alias}/secret/manifests/v1`;
    const refused = await createRawClient(vitrine.url, stale.get(kind)).send('GET', path);
    const [, scope = ''] = /scope="([^"]+)"/.exec(refused.headers['www-authenticate'] ?? '') ?? [];
    const fresh = createRawClient(vitrine.url, basic(ada.token));
    const body = (await fresh.send('GET', `/token?scope=${scope}`)).body.toString();
    const { token } = JSON.parse(body) as { token: string };
    expect((await createRawClient(vitrine.url, `Bearer ${token}`).send('GET', path)).status).toBe(200);
  });
});
